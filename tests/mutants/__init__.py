"""The guards of what must never go wrong, and a run that removes each and names the test that fails."""
