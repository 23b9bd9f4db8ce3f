"""SLA clocks: a fold over inputs, with the moment as an argument."""
