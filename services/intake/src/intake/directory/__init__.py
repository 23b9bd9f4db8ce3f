"""Customers, their contacts and environments, partners and staff: intake is their source."""
