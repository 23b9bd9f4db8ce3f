"""The rules by which alerts and tickets count as outages, and a change that waits for a second person."""
