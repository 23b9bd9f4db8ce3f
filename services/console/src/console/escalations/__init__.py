"""One escalation: its time line, and acknowledging it."""
