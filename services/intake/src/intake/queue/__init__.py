"""The queue of open tickets by the next promise that breaks."""
