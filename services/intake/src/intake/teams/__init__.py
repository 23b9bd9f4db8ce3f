"""Teams to whom tickets are assigned: each role is one, and the house makes others."""
