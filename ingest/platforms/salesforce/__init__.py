"""Salesforce Trust: every instance with what goes on at it."""
