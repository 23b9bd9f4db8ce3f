"""The words that all documents share, a table for each language."""
