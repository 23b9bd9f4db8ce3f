"""How promises were met, in figures."""
