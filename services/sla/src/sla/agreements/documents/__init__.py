"""An agreement as a contract to read, print and sign: in Dutch, English or German. Pure."""
