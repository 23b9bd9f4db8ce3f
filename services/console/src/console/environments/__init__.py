"""An environment on one page: what runs there, what stands in the way, what is open."""
