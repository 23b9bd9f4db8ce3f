"""Tickets, from the request to the closed and verified one, with their messages and hand-overs."""
