"""HTTP in: forecasts."""
