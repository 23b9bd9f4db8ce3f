"""What must be there before a service starts: database, roles, schemas and rights."""
