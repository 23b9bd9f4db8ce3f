"""Ids: UUIDv7, so that later ids sort later and indexes stay dense."""

from uuid import UUID

import uuid_utils
from asyncpg.pgproto.pgproto import UUID as FastUUID


def uuid7() -> UUID:
    """Return a new id. Its first 48 bits are real milliseconds, never simulated time.

    Of the class in which the driver returns ids: made in a quarter of the time of a plain UUID,
    printed in a thirtieth.
    """
    return FastUUID(uuid_utils.uuid7().bytes)
