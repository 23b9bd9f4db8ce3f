"""Emergency changes, and the Blockers that justify them."""
