"""The words of reviews and leadership reports, a table for each language."""
