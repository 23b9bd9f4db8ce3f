"""What has changed, by name and never by content: pages ask for it again under their reader's own rights."""
