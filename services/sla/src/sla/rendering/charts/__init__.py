"""Pictures of figures, drawn once as shapes and put on document as SVG or PDF. Pure."""
