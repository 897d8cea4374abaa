"""One module per status-page engine; ``PLATFORMS`` names those that can be read."""

from ingest.models import Platform
from ingest.platforms import google_cloud, incident_io, statuspage

PLATFORMS: dict[str, Platform] = {
    platform.name: platform
    for platform in (
        statuspage.PLATFORM,
        incident_io.PLATFORM,
        google_cloud.CLOUD,
        google_cloud.WORKSPACE,
    )
}
