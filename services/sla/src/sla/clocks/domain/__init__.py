"""Rules of clocks: a fold over inputs. Pure; the instant is always an argument."""
