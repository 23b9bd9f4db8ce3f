"""Customers who escalate a ticket: a named person answers them within a set time."""
