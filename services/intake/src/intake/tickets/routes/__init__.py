"""The HTTP routes of tickets."""
