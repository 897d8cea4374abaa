"""The version of the published numbers; analytics/METHODOLOGY.md says what each changed."""

METHOD_VERSION = "1"
