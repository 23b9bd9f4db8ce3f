"""Outages, planned maintenance, availability and downtime budgets."""
