"""The rules of agreements: what is promised to whom, version by version. Pure."""
