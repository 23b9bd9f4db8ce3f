"""What a form becomes: sent, refused, not sent, or nobody knows; its text is never lost."""
