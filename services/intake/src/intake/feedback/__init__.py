"""What customers say once a ticket is resolved: whether it was solved, a rating; and what comes later."""
