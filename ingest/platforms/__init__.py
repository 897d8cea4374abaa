"""One module per status-page engine; ``PLATFORMS`` names those that can be read."""

from ingest.platforms.contract import Platform
from ingest.platforms.google import platform as google_cloud
from ingest.platforms.incident_io import platform as incident_io
from ingest.platforms.statuspage import platform as statuspage

PLATFORMS: dict[str, Platform] = {
    platform.name: platform
    for platform in (
        statuspage.PLATFORM,
        incident_io.PLATFORM,
        google_cloud.CLOUD,
        google_cloud.WORKSPACE,
    )
}
