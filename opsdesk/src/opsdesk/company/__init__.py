"""The demo company: its data, and their loading through the public API."""
