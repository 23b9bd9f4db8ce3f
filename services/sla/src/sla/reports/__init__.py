"""How promises were kept, in figures. Pure."""
