"""Who asks for a page, and the routes that pages and forms have."""
