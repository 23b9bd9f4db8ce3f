"""Cases: running escalations with their timeline."""
