"""Charts as shapes, which are rendered as SVG and PDF. Pure."""
