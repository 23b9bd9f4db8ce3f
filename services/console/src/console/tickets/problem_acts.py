"""What may be done about a problem by a form on its ticket, from its incidents to its fix. Pure."""

from collections.abc import Mapping
from typing import Final

from console.forms.fields import Field
from console.forms.rows import Row
from console.tickets.act_form import WHY, ActForm

WHYS: Final = "whys"
TIMELINE: Final = "timeline"
BLANK_ROWS: Final[Mapping[str, Row]] = {
    WHYS: {"question": "", "answer": ""},
    TIMELINE: {"at": "", "what": ""},
}
CHECKED: Final = Field("checked", needed=True)
OF_A_SECOND_PERSON: Final = (
    ActForm(
        "verify_on_staging",
        (CHECKED,),
        "verifications",
        says={"tier": "staging"},
        takes_two=True,
        noun="problems",
    ),
    ActForm(
        "verify_in_production",
        (CHECKED,),
        "verifications",
        says={"tier": "production"},
        takes_two=True,
        noun="problems",
    ),
    ActForm("confirm_giving_up", path="give-up/confirm", takes_two=True, noun="problems"),
)
PROBLEM_ACTS: Final = (
    ActForm(
        "record_cause",
        (Field("root_cause", needed=True),),
        "cause",
        hint="cause",
        noun="problems",
        method="PUT",
        begins_with_record=True,
        rows=BLANK_ROWS,
    ),
    ActForm(
        "record_workaround",
        (Field("workaround", needed=True, label="problem_workaround"),),
        hint="problem_workaround",
        path="workaround",
        noun="problems",
        method="PUT",
        begins_with_record=True,
    ),
    ActForm("known_error", path="known-error", noun="problems"),
    ActForm(
        "request_fix",
        (Field("change_request", "line", needed=True, hint="change_request"),),
        "fix",
        hint="fix",
        noun="problems",
    ),
    ActForm(
        "record_backlog_item",
        (Field("reference", "line", needed=True, label="backlog_reference"),),
        "backlog-item",
        noun="problems",
        method="PUT",
        begins_with_record=True,
    ),
    ActForm(
        "link_incidents",
        (Field("incidents", "words", needed=True, hint="incidents"),),
        "incidents",
        noun="problems",
    ),
    ActForm(
        "unlink_incident",
        (Field("incident", "listed", needed=True, source="incidents"),),
        "incidents",
        noun="problems",
        method="DELETE",
        ref="incident",
    ),
    ActForm("give_up", (WHY,), "give-up", hint="giving_up", noun="problems"),
)
