"""Versions of products: what was checked, what they contain, where they run, what holds them."""
