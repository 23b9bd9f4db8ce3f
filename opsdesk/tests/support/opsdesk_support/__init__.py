"""Support for the tests of `opsdesk`: commands run against fake services."""
