"""The command `opsdesk whoami`."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from common.now import now
from opsdesk import json_output, session
from opsdesk.commands.console import print_facts, print_line, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant


def whoami() -> None:
    """Show as whom you are logged in, and your other logins (`--as NAME`)."""
    run_command(_whoami())


async def _whoami() -> None:
    claims = _claims(session.stored_token())
    others = session.logins()
    json_output.emit({"claims": claims, "logins": others})
    roles = claims.get("roles") or []
    facts = [
        ("account", claims.get("sub")),
        ("name", claims.get("name")),
        ("roles", ", ".join(map(str, roles)) if isinstance(roles, list) else roles),
        ("customer", claims.get("customer")),
        ("scope", claims.get("scope")),
        ("valid until", _until(claims.get("exp"))),
        ("logins", ", ".join(others)),
    ]
    print_facts("You", facts)
    if _has_ended(claims.get("exp")):
        print_line("This login has ended; log in again: opsdesk login NAME")


def _until(exp: Any) -> str | None:
    is_number = isinstance(exp, int | float)
    return format_instant(datetime.fromtimestamp(exp, UTC)) if is_number else None


def _has_ended(exp: Any) -> bool:
    return isinstance(exp, int | float) and datetime.fromtimestamp(exp, UTC) < now()


def _claims(token: str) -> dict[str, Any]:
    """Read what a token says, without verifying it. Raises CliError."""
    try:
        payload = token.split(".")[1]
        return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except (IndexError, ValueError, TypeError):
        raise CliError(
            "Your token is none that says who you are; log in: opsdesk login NAME"
        ) from None
