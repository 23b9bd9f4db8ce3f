"""The four services, asked for parts of a page; and what their answers mean."""
