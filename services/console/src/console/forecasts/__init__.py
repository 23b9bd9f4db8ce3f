"""Forecasts: which promises are likely to break, and how right former forecasts were."""
