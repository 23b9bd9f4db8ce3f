"""Actions that were agreed in reviews: done by their owner with evidence, verified by somebody else."""
