"""Who is signed in: rows of a table, named by a cookie; tokens are sealed."""
