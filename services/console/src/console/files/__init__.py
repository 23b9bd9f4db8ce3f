"""Files that people send with a form, and those of messages."""
