"""Customers, environments, partners and staff from CSV files."""
