"""Goals of agreements: what share of promises was kept in a month, and the service credits owed."""
