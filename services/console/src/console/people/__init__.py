"""One of our own people: their roles, and what waits for a second person."""
