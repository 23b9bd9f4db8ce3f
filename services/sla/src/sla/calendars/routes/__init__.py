"""HTTP in: calendars."""
