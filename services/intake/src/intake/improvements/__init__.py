"""Improvements of the monitoring that are owed: a customer noticed first, or a cause took long to find (R9)."""
