"""Customers' environments: what runs there, and what they owe."""
