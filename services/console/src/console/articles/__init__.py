"""Articles of the knowledge base: found, read, written, published by a second person, and kept right."""
