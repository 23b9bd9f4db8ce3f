"""Every query about promises and the queue."""
