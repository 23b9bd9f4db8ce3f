"""Everything that intake knows about a contact, for a person who asks what is stored about them (R16)."""
