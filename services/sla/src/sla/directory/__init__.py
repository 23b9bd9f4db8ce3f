"""Customers, contacts, environments and partners, as intake announces them."""
