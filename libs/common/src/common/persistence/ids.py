"""Identifiers: UUIDv7, so that ids made later sort later and indexes stay dense."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A new id. Its first 48 bits are real milliseconds, never simulated time: an id is no fact."""
    return uuid_utils.compat.uuid7()
