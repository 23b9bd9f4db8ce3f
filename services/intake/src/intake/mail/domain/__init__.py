"""The rules of reading and threading e-mails. Pure."""
