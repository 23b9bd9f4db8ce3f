"""Full-text search of tickets."""
