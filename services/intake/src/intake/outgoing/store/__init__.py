"""Every query about outgoing mails: what is due to be planned, and what was planned."""
