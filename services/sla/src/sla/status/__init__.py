"""How all open promises stand at this moment."""
