"""Check the signature with which Grafana can sign its posts.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/.
HMAC-SHA256 in hexadecimal over the body, or over `<timestamp>:<body>` where a header carries the
Unix time.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from common.domain import Rejection

SIGNATURE_HEADER: Final = "x-grafana-alerting-signature"
TIMESTAMP_HEADER: Final = "x-grafana-alerting-timestamp"
MAX_AGE: Final = timedelta(minutes=5)


def check_signature(
    headers: Mapping[str, str], body: bytes, secret: str, at: datetime
) -> Rejection | None:
    """A rejection where the body is not signed with this secret, or too long ago; else None."""
    signature = headers.get(SIGNATURE_HEADER, "").strip().lower()
    timestamp = headers.get(TIMESTAMP_HEADER, "").strip()
    signed = f"{timestamp}:".encode() + body if timestamp else body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return Rejection(
            "SIGNATURE",
            f"Sign the body with HMAC-SHA256 in {SIGNATURE_HEADER}, with the secret of this service.",
        )
    if timestamp and not _is_recent(timestamp, at):
        return Rejection("SIGNATURE", "The signature is older than five minutes: send it anew.")
    return None


def _is_recent(timestamp: str, at: datetime) -> bool:
    if not timestamp.isdecimal() or len(timestamp) > len("9999999999"):
        return False
    return abs(datetime.fromtimestamp(int(timestamp), UTC) - at) <= MAX_AGE
