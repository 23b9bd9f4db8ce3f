"""Queries of time entries, rate cards and reserved hours."""
