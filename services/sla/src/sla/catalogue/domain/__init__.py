"""The services that customers buy and what they run on."""
