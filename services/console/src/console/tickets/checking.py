"""Asks intake what it finds in a text, and for a draft: both compute, and send nothing."""

from typing import Final
from urllib.parse import quote

from console.forms import form as forms
from console.tickets.checked import Checked, checked_of
from console.upstream.problems import Done, NotSent, Outcome, Refused, Uncertain
from console.visits.visitor import Visitor

CHECK: Final = "/v1/messages/check"


async def check_text(visitor: Visitor, key: str, text: str) -> Checked | Refused | NotSent:
    """Return what is found in a reply on this ticket; NotSent where no answer came, since a check changes nothing.

    Raises SignedOut.
    """
    body = {"ticket": key, "text": text}
    outcome = await visitor.upstream.send(
        visitor.asker, "intake", "POST", CHECK, body, key=forms.nonce_of({})
    )
    if isinstance(outcome, Done):
        return checked_of(outcome.data)
    return NotSent("intake") if isinstance(outcome, Uncertain) else outcome


async def draft_from(visitor: Visitor, key: str, template: str) -> Outcome:
    """Ask for a template, filled for this ticket in the language of who reads it. Raises SignedOut."""
    path = f"/v1/tickets/{quote(key, safe='')}/messages/draft"
    return await visitor.upstream.send(
        visitor.asker, "intake", "POST", path, {"template": template}, key=forms.nonce_of({})
    )
