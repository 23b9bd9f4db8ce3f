"""What a notice is about, who may send it, and what it says. Pure."""
