"""The proof that deadlines fired on time: lags, heartbeats, gaps and seals."""
