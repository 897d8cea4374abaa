"""django-statusboard: incidents, services and maintenances as bare lists."""
