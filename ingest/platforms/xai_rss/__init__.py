"""xAI: a feed with one item for each service that an outage was posted on."""
