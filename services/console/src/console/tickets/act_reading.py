"""What was typed into the form of an act, as the body that intake takes. Pure."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from console.forms.reading import Read, read_fields
from console.tickets.act_form import ActForm
from console.tickets.cause import read_steps


def read_act(act: ActForm, values: Mapping[str, str], sub: str, zone: ZoneInfo) -> Read:
    """Read what was typed; `sub` is who does it."""
    if act.name == "take":
        return Read({"to": sub}, ())
    found = read_fields(act.fields, values, zone)
    if act.rows:
        steps = read_steps(values, zone)
        found = Read({**found.body, **steps.body}, (*found.wrong, *steps.wrong))
    return Read({**found.body, **act.says}, found.wrong)
