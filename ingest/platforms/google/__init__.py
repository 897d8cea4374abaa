"""Google's status dashboards: Cloud and Workspace, today's form and the one before 2021."""
