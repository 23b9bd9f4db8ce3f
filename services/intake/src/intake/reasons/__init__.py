"""Why somebody acted, in their own words, beside the audit trail: that keeps a digest, and never the words."""
