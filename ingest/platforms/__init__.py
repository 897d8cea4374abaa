"""One module per status-page engine; ``PLATFORMS`` names those that can be read."""

from ingest.models import Platform
from ingest.platforms import statuspage

PLATFORMS: dict[str, Platform] = {statuspage.PLATFORM.name: statuspage.PLATFORM}
