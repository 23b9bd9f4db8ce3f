"""What customers buy, and what it runs on. Pure."""
