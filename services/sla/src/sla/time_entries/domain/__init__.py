"""What work came to, in hours and money."""
