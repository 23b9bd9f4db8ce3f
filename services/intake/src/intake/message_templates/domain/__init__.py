"""Rules of templates."""
