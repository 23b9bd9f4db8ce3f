"""The matrix of impact and urgency, and a change of it that waits for a second person."""
