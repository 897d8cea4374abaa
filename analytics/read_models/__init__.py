"""Read models: what a page shows, as frames; one module for each page or panel."""
