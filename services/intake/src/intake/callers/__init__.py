"""Who calls: for a telephone system that shows it before anybody has said a word."""
