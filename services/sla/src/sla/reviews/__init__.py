"""Operational reviews: the monthly report on a customer, its meeting and its action items."""
