"""Apple: services with their events."""
