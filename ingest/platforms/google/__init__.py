"""Google's status dashboards: Cloud and Workspace, today's form and the old one."""
