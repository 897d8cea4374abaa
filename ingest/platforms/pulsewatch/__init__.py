"""pulsewatch: services and whether they answer."""
