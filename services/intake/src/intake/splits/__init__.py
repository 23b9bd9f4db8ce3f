"""Tickets that are split from others: a second request in one conversation becomes a ticket of its own."""
