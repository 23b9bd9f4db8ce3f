"""Alerts of monitoring: stored as they came, then turned into episodes and incidents."""
