"""The console: the pages of OpsDesk, rendered on the server from the public API of the four services."""
