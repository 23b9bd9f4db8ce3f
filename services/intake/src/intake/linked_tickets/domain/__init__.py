"""Rules of linked tickets, and what each system says over HTTP."""
