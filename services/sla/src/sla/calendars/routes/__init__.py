"""The routes of calendars."""
