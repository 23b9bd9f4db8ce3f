"""Who gets which mail, what it says, and what its outcome means. Pure."""
