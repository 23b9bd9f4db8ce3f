"""HTTP in: linked systems, links, and what the systems post."""
