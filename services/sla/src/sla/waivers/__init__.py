"""Waivers: the general manager's approval of a breach before it happens (R2, C11)."""
