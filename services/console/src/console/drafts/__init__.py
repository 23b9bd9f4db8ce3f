"""What people have begun to write: kept for each person, ticket and kind, until it is sent or old."""
