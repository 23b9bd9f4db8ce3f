"""Rules of forecasts. Pure."""
