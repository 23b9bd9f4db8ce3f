"""The rules of rotas, time windows and local time. Pure."""
