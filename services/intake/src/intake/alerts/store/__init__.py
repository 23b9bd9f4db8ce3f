"""Every query about posts of monitors, the episodes of alerts, and their tickets."""
