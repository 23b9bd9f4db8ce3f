"""What the gate requires of a version per tier, and the verdicts that it can give."""
