"""How the promises stand."""
