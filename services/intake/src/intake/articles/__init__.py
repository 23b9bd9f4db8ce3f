"""The knowledge base: articles with versions, for staff or for customers, published by a second person."""
