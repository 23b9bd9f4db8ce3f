"""Layout, style sheet and templates that pages share."""
