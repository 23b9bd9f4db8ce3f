"""Business calendars: when promised time counts."""
