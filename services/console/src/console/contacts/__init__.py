"""A customer's contacts: confirmed by a second person, ended, and erased by two."""
