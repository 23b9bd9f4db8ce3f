"""Time entries, rate cards and reserved hours."""
