"""Words that hurt customers, by language, with what to do instead: data that staff edit."""
