"""What a person has chosen: language, zone, keys."""
