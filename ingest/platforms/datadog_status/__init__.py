"""Datadog status pages: one document with components, incidents and maintenances."""
