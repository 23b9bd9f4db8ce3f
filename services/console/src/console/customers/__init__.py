"""A customer on one page: what is agreed, what is open, who may be called."""
