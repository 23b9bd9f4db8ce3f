"""Notifications: planned with a step, sent under a lease until settled."""
