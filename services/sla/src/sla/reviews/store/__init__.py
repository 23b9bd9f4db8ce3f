"""Queries of reviews, their meetings and action items."""
