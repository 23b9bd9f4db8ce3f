"""What was typed into the form of an act, as the body that intake takes. Pure."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from console.forms.reading import Read, read_fields
from console.tickets.acts import ActForm


def read_act(act: ActForm, values: Mapping[str, str], sub: str, zone: ZoneInfo) -> Read:
    """Read what was typed; `sub` is who does it."""
    if act.name == "take":
        return Read({"to": sub}, ())
    found = read_fields(act.fields, values, zone)
    return Read({**found.body, **act.says}, found.wrong)
