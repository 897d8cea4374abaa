"""Alibaba Cloud: its list of past events."""
