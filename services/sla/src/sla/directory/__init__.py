"""Copies of the customers, contacts, environments and partners that intake owns."""
