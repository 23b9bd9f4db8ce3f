"""Access to what a customer runs: who has it, why, until when, and who gave and took it (R1, R16)."""
