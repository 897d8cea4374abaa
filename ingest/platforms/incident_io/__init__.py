"""incident.io pages: the compatible API, the feed, and OpenAI's own page data."""
