"""The leadership report: the months of all customers side by side."""
