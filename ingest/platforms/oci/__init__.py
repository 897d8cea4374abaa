"""Oracle Cloud: Statuspage documents whose components are services by region."""
