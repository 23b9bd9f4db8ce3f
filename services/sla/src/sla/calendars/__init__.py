"""When promised time counts. Pure."""
