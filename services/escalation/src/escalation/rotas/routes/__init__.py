"""The HTTP routes of rotas, and of who is on call."""
