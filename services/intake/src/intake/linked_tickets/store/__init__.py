"""Every query about linked systems and tickets."""
