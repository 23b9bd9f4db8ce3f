"""Pictures of figures, drawn once as shapes and put on paper as SVG or PDF. Pure."""
