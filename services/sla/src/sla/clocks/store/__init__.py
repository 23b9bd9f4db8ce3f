"""Queries of clocks, their inputs and their tickets."""
