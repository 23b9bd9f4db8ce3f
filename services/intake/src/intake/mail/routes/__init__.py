"""The HTTP routes of e-mails."""
