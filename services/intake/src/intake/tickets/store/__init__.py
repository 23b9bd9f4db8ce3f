"""Every query about tickets and their messages. Rows stay in here; domain values come out."""
