"""The General Manager's prior approval of a violation."""
