"""RFC 3161: an authority says that it has seen a head at an instant, signed."""

from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from cryptography import x509
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

ANSWER_S: Final = 10.0
"""Seconds that an authority may take to answer."""
MAX_ANSWER_BYTES: Final = 64 * 1024


class NotStamped(Exception):
    """The authority gave no time-stamp that holds. Says why."""


async def stamp(url: str, authorities: Path, message: bytes) -> bytes:
    """Return the authority's answer (DER) over a message, checked against the certificates in a PEM file.

    Raises NotStamped.
    """
    request = TimestampRequestBuilder().data(message).nonce(nonce=True).build()
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        # The address is a setting of ours; proxies and credentials of the environment are not for it.
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_S) as client:
            answer = await client.post(url, content=request.as_bytes(), headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotStamped(f"{url} cannot be reached: {type(error).__name__}") from None
    if answer.status_code != 200 or len(answer.content) > MAX_ANSWER_BYTES:
        raise NotStamped(f"{url} answered {answer.status_code} with {len(answer.content)} bytes")
    stamped_at(answer.content, authorities, message, request.nonce)
    return answer.content


def stamped_at(
    answer: bytes, authorities: Path, message: bytes, nonce: int | None = None
) -> datetime:
    """Return when an authority has seen a message. Raises NotStamped where the answer does not show it."""
    try:
        response = decode_timestamp_response(answer)
        builder = VerifierBuilder(roots=x509.load_pem_x509_certificates(authorities.read_bytes()))
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify_message(response, message)
    except (ValueError, VerificationError) as error:
        raise NotStamped(f"the time-stamp does not hold: {error}") from None
    except OSError as error:
        raise NotStamped(f"{authorities} cannot be read: {error.strerror}") from None
    return response.tst_info.gen_time
