"""The rules of triggers, policies and the matrix. Pure."""
