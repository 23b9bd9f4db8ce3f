"""What the tests of `opsdesk` share: commands run at a terminal against services that are faked."""
