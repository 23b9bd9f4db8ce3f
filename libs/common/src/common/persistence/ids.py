"""Ids: UUIDv7, so that later ids sort later and indexes stay dense."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """Return a new id. Its first 48 bits are real milliseconds, never simulated time."""
    return uuid_utils.compat.uuid7()
