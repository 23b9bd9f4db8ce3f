"""Queries of lags, heartbeats and seals."""
