"""The rules and formats of alerts. Pure."""
