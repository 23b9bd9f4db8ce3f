"""The running measure of one promise on one ticket. Pure."""
