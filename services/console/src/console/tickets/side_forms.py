"""The forms on the pages beside a ticket: links, watchers, hand-overs, time spent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from console.forms.fields import Field
from console.upstream.part import ServiceName

Side = Literal["links", "hand-overs", "linked-tickets", "time", "alerts", "history"]
LINK_KINDS: Final = ("child_of", "caused_by", "duplicates", "blocks")


@dataclass(frozen=True, slots=True)
class SideForm:
    """A form of the page `side`. `path` is the API's, with {key} of the ticket and {id} of what it is about;
    {part} is what of that, named behind it with a blank between.

    `ticket_as`: the member of the body that says which ticket it is about, where the path does not; `incidents`
    is a list. `opens`: it opens another ticket, and leads there.
    """

    name: str
    side: Side
    path: str
    fields: tuple[Field, ...] = ()
    service: ServiceName = "intake"
    method: Literal["POST", "DELETE"] = "POST"
    ticket_as: Literal["", "ticket", "incidents"] = ""
    opens: bool = False

    def address(self, key: str, id: str) -> str:
        """Return the API's path for this ticket, and this thing on it."""
        of, _, part = (quote(one, safe="") for one in id.partition(" "))
        return self.path.format(key=quote(key, safe=""), id=of, part=part)

    def body(self, key: str, read: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what is sent; None where it takes no body."""
        if self.method == "DELETE":
            return None
        if not self.ticket_as:
            return dict(read)
        return {**read, self.ticket_as: [key] if self.ticket_as == "incidents" else key}


SIDE_FORMS: Final = (
    SideForm(
        "link",
        "links",
        "/v1/tickets/{key}/links",
        (
            Field(
                "kind", "one_of", needed=True, label="link_kind", choices=LINK_KINDS, words="link"
            ),
            Field("other", "line", needed=True, label="other_ticket"),
        ),
    ),
    SideForm(
        "open-problem",
        "links",
        "/v1/problems",
        (
            Field("title", "line", needed=True, hint="problem_title"),
            Field("symptoms", needed=True, hint="symptoms"),
        ),
        ticket_as="incidents",
        opens=True,
    ),
    SideForm("unlink", "links", "/v1/tickets/{key}/links/{id}", method="DELETE"),
    SideForm(
        "watch",
        "links",
        "/v1/tickets/{key}/watchers",
        (
            Field("person", "listed", source="people", hint="nobody_is_you"),
            Field("contact", "listed", source="contacts", hint="contact_gets_mail"),
        ),
    ),
    SideForm("unwatch", "links", "/v1/tickets/{key}/watchers/{id}", method="DELETE"),
    SideForm("acknowledge", "hand-overs", "/v1/tickets/{key}/hand-overs/{id}/acknowledge"),
    SideForm(
        "check-fix",
        "hand-overs",
        "/v1/tickets/{key}/hand-overs/{id}/check-fix",
        (Field("works", "tick"), Field("checked", needed=True)),
    ),
    SideForm(
        "reference",
        "hand-overs",
        "/v1/tickets/{key}/hand-overs/{id}/reference",
        (Field("reference", "line", needed=True, label="partner_reference"),),
    ),
    SideForm(
        "decide",
        "linked-tickets",
        "/v1/linked-tickets/{id}/conflicts/{part}/decide",
        (
            Field(
                "decision",
                "one_of",
                needed=True,
                choices=("ours", "theirs"),
                words="whose_value",
            ),
            Field("reason", "line"),
        ),
    ),
    SideForm("retry", "linked-tickets", "/v1/linked-tickets/{id}/retry"),
    SideForm(
        "end-link",
        "linked-tickets",
        "/v1/linked-tickets/{id}/unlink",
        (Field("reason", "line", needed=True),),
    ),
    SideForm(
        "link-system",
        "linked-tickets",
        "/v1/tickets/{key}/linked-tickets",
        (
            Field("system", "listed", needed=True, source="systems"),
            Field("remote_id", "line", hint="their_ticket"),
        ),
    ),
    SideForm(
        "spend",
        "time",
        "/v1/time-entries",
        (
            Field("minutes", "number", needed=True),
            Field("day", "day", needed=True),
            Field("rate", "line", hint="standard_rate"),
        ),
        "sla",
        ticket_as="ticket",
    ),
    SideForm(
        "correct",
        "time",
        "/v1/time-entries/{id}/corrections",
        (Field("minutes", "number", needed=True), Field("reason", "line", needed=True)),
        "sla",
    ),
)
"""In the order of their pages."""


def side_form(side: str, name: str) -> SideForm | None:
    return next((one for one in SIDE_FORMS if (one.side, one.name) == (side, name)), None)
