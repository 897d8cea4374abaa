"""Static files for readers that are no people at a page: feeds, calendars, scrapers, badges."""
