"""Evidence that holds against the owner of the database: facts, their versions, seals and anchors (R16)."""
