"""The own account: signing in and out, what somebody has chosen, their sessions."""
