"""What has waited too long for a second person, of every noun that has no deadline of its own for that."""
