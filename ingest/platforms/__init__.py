"""One folder per status-page engine; ``PLATFORMS`` names those that can be read.

To add a platform:

1. ``ingest/platforms/<name>/platform.py`` exports ``PLATFORM``, a ``contract.Platform``. Its
   table of ``forms.Form`` tells the documents of the engine apart and reads each.
2. One line in ``PLATFORMS`` below.
3. ``tests/ingest/platforms/test_<name>.py`` has ``GOLDEN``: a payload of invented data in the
   real shape for each of the platform's shapes. Without it a test fails.

The readers' kit, from the outside in: ``payload`` takes bytes apart, ``streamed`` the data inside
a web page; ``forms`` tells documents apart, ``identity`` those of other pages; ``records`` reads
each record of a list and gathers what is refused; ``incidents`` makes the parts of an incident,
``impacts`` the states of components; ``fields`` reads one field, ``words`` a word of the engine,
``timestamps`` an instant.

What holds for every reader: the smallest part is refused, and refused aloud. An entry that
cannot be read costs itself and not its update, an update not its incident, an incident not its
list. A word nobody knows is ``unknown`` with a warning. What says nothing is None, never a
default. A body of another page or engine is a ``ReadError`` of its own kind.
"""

from ingest.platforms.alibaba import platform as alibaba
from ingest.platforms.apple import platform as apple
from ingest.platforms.aws_health import platform as aws_health
from ingest.platforms.azure import platform as azure
from ingest.platforms.better_stack import platform as better_stack
from ingest.platforms.cachet import platform as cachet
from ingest.platforms.checkly import platform as checkly
from ingest.platforms.cloudflare_status import platform as cloudflare_status
from ingest.platforms.contract import Platform
from ingest.platforms.cstate import platform as cstate
from ingest.platforms.datadog_status import platform as datadog_status
from ingest.platforms.django_statusboard import platform as django_statusboard
from ingest.platforms.feed import platform as feed
from ingest.platforms.flashduty import platform as flashduty
from ingest.platforms.google import platform as google
from ingest.platforms.google_aistudio import platform as google_aistudio
from ingest.platforms.heroku import platform as heroku
from ingest.platforms.incident_io import platform as incident_io
from ingest.platforms.instatus import platform as instatus
from ingest.platforms.kener import platform as kener
from ingest.platforms.oci import platform as oci
from ingest.platforms.onlineornot import platform as onlineornot
from ingest.platforms.pagerduty import platform as pagerduty
from ingest.platforms.pulsewatch import platform as pulsewatch
from ingest.platforms.rootly import platform as rootly
from ingest.platforms.salesforce import platform as salesforce
from ingest.platforms.slack import platform as slack
from ingest.platforms.status_io import platform as status_io
from ingest.platforms.statuspage import platform as statuspage
from ingest.platforms.tencent import platform as tencent
from ingest.platforms.upptime import platform as upptime
from ingest.platforms.uptime_kuma import platform as uptime_kuma
from ingest.platforms.volcengine import platform as volcengine
from ingest.platforms.xai_rss import platform as xai_rss

PLATFORMS: dict[str, Platform] = {
    platform.name: platform
    for platform in (
        statuspage.PLATFORM,
        incident_io.PLATFORM,
        google.CLOUD,
        google.WORKSPACE,
        better_stack.PLATFORM,
        datadog_status.PLATFORM,
        instatus.PLATFORM,
        rootly.PLATFORM,
        cachet.PLATFORM,
        status_io.PLATFORM,
        xai_rss.PLATFORM,
        azure.PLATFORM,
        aws_health.PLATFORM,
        cstate.PLATFORM,
        kener.PLATFORM,
        uptime_kuma.PLATFORM,
        django_statusboard.PLATFORM,
        pulsewatch.PLATFORM,
        flashduty.PLATFORM,
        slack.PLATFORM,
        oci.PLATFORM,
        salesforce.PLATFORM,
        heroku.PLATFORM,
        apple.PLATFORM,
        upptime.PLATFORM,
        alibaba.PLATFORM,
        volcengine.PLATFORM,
        tencent.PLATFORM,
        google_aistudio.PLATFORM,
        checkly.PLATFORM,
        cloudflare_status.PLATFORM,
        onlineornot.PLATFORM,
        pagerduty.PLATFORM,
        feed.PLATFORM,
    )
}
