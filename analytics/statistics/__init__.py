"""Statistics on small arrays: survival, bootstrap, proportions. Knows no provider."""
