"""One module per status-page engine; ``PLATFORMS`` names those that can be read."""

from ingest.models import Platform
from ingest.platforms import incident_io, statuspage

PLATFORMS: dict[str, Platform] = {
    one.PLATFORM.name: one.PLATFORM for one in (statuspage, incident_io)
}
