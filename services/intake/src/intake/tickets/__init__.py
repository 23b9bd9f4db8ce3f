"""Tickets with their messages and hand-overs, from the request until they are verified and closed."""
