"""Erasing a contact: who they are and what they wrote, in intake; an event has the others follow."""
