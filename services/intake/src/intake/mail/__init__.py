"""E-mails from the gateway: stored as they came, then processed into tickets and messages."""
