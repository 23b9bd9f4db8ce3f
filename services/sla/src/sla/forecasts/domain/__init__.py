"""Which promises will break if nothing changes."""
