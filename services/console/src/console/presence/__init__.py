"""Who else looks at a ticket, or writes on it: told in words, and nobody is locked out."""
