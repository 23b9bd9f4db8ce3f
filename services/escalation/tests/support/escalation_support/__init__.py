"""What the tests of escalation share."""
