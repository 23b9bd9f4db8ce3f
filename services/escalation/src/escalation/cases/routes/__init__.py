"""The HTTP routes of cases."""
