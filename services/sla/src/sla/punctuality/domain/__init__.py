"""The rules of punctuality: gaps of the timers, and the verifier of sealed evidence. Pure."""
