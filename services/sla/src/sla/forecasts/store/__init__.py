"""Queries of forecasts."""
