"""Working calendars: the years as the State Council announces them, and the deadlines counted by them."""
