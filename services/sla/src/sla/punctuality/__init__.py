"""The proof that deadlines fired on time. Pure."""
