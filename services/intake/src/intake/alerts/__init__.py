"""Alerts from monitors: posts stored as they came, then processed into episodes and incidents."""
