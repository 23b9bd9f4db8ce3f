"""E-mails from the gateway: stored as they came, then turned into tickets and messages."""
