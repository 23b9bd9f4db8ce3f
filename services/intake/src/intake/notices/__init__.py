"""Notices to all contacts of affected customers: planned maintenance, outages, deliveries (R11, R15)."""
