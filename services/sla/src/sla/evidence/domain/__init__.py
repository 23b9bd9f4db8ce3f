"""The rules of evidence: which tables hold facts, what may change in them, and the outsider's verifier. Pure."""
