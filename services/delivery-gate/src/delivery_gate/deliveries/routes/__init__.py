"""The HTTP routes of deliveries."""
