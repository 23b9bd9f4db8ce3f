"""Reviews as documents: sections, tables and charts."""
