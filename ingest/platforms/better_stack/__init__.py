"""Better Stack: posted reports, and the downtime its own monitors measured."""
