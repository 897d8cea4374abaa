"""status.io: components by region, and what is open or planned."""
