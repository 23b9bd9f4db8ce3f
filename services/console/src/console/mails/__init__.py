"""Mails as they came: what was held back as a machine's is opened as a ticket, or set aside."""
