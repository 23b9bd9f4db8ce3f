"""Series of measured figures: promises about them, usage, and when a limit will be reached."""
