"""HTTP in: series, samples and capacity forecasts."""
