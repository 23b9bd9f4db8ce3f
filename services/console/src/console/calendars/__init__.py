"""Calendars: the hours that count, by the week and as a picture of a year."""
