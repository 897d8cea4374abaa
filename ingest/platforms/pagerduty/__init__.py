"""PagerDuty status pages: the data inside the front page."""
