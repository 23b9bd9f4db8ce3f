"""Outgoing mail: written in the transaction of its cause, sent under a lease until settled."""
