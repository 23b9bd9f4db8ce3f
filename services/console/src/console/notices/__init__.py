"""Notices to customers that wait for one of us: sent, or dismissed by two."""
