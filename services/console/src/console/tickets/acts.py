"""What may be done on a ticket by a form: the fields of each act, and where it is sent. Pure.

Whether an act may be done now is intake's to say (`allowed`); what it asks for beside that is here.
"""

from typing import Final

from console.forms.fields import Field
from console.tickets.act_form import OVERRULE, REASON, WHY, ActForm
from console.tickets.problem_acts import OF_A_SECOND_PERSON, PROBLEM_ACTS

PRIORITIES: Final = ("blocker", "critical", "major", "minor", "trivial")
LEVELS: Final = ("high", "medium", "low")
KINDS: Final = ("incident", "service_request", "change_request", "problem", "question")
NATURES: Final = ("corrective", "adaptive", "perfective", "preventive")

CHECKED: Final = Field("reason", needed=True, label="checked_resolution")


def _answers(noun: str, path: str, *more: Field) -> tuple[ActForm, ActForm]:
    """The two answers of a second person to what somebody else has asked for."""
    yes = ActForm(f"confirm_{noun}", (REASON, *more), path, says={"agree": True}, takes_two=True)
    no = ActForm(f"decline_{noun}", (REASON,), path, says={"agree": False}, takes_two=True)
    return yes, no


ACT_FORMS: Final = (
    ActForm("take", path="assign", permitted_as="assign", letter="i"),
    ActForm("confirm_blocker", (REASON,), "blocker/confirm", takes_two=True),
    ActForm("verify", (CHECKED,), takes_two=True, letter="v", hint="what_was_checked"),
    ActForm("reject", (WHY,), takes_two=True),
    *_answers("priority", "priority/confirm"),
    *_answers("classification", "classification/confirm"),
    *_answers("detection", "detection/confirm"),
    *_answers("unmerge", "unmerge/confirm", Field("messages", "several", source="survivor")),
    *OF_A_SECOND_PERSON,
    ActForm(
        "triage",
        (
            Field("customer", "listed", needed=True, source="customers"),
            Field("environment", "line", hint="environment_key"),
        ),
    ),
    ActForm(
        "assign",
        (
            Field("to", "listed", label="assignee", source="people"),
            Field("team", "listed", source="teams"),
        ),
        letter="a",
        hint="person_or_team",
    ),
    ActForm(
        "hold",
        (
            Field(
                "waiting_on",
                "one_of",
                needed=True,
                choices=("customer", "partner", "second_level", "date"),
                words="waiting_on",
            ),
            Field(
                "question",
                hint="question",
            ),
            Field("until", "instant", hint="until_date"),
            WHY,
            OVERRULE,
        ),
        letter="w",
    ),
    ActForm("resume", (REASON,)),
    ActForm(
        "forward",
        (
            Field(
                "to",
                "one_of",
                needed=True,
                label="forward_to",
                choices=("second_level", "partner"),
                words="forwarded_to",
            ),
            Field(
                "partner",
                "listed",
                source="partners",
                hint="partner_only",
            ),
            Field("seen", needed=True, input="seen_so_far"),
            Field("tried", needed=True),
            Field("excluded", needed=True),
            Field("asked", needed=True),
            Field("due_at", "instant", needed=True),
            OVERRULE,
        ),
        letter="f",
        hint="whole_record",
    ),
    ActForm(
        "hand_back",
        (Field("found", needed=True), Field("fixed", "tick")),
        "hand-back",
    ),
    ActForm(
        "workaround",
        (Field("text", needed=True, label="workaround"), OVERRULE),
    ),
    ActForm("resolve", (Field("resolution", needed=True), OVERRULE), letter="s"),
    ActForm("close", (REASON,)),
    ActForm("reopen", (WHY,)),
    ActForm(
        "prioritise",
        (
            Field("priority", "one_of", choices=PRIORITIES, words="priority"),
            Field("impact", "one_of", choices=LEVELS, words="level"),
            Field("urgency", "one_of", choices=LEVELS, words="level"),
            WHY,
        ),
        letter="p",
        hint="priority",
    ),
    ActForm(
        "reclassify",
        (
            Field("kind", "one_of", choices=KINDS, words="kind"),
            Field("nature", "one_of", choices=NATURES, words="nature"),
            Field("service", "listed", source="services"),
            WHY,
        ),
        hint="classification",
    ),
    ActForm(
        "correct_detection",
        (
            Field(
                "detected_by",
                "one_of",
                needed=True,
                choices=("customer", "monitoring", "ops"),
                words="detected_by",
            ),
            WHY,
        ),
        "detection",
        hint="detection",
    ),
    ActForm(
        "tag",
        (Field("tags", "words", hint="all_tags"),),
        "tags",
    ),
    ActForm(
        "split",
        (
            Field("title", "line", needed=True),
            Field("messages", "several", source="messages"),
            Field("description", "tick"),
        ),
    ),
    ActForm(
        "merge",
        (Field("into", "line", needed=True, hint="survivor"),),
    ),
    ActForm("unmerge", (WHY,), hint="second_person"),
    *PROBLEM_ACTS,
)
"""Every act that is a form of its own, in the order of the page. A reply and a note have forms beside these."""


def act_form(name: str) -> ActForm | None:
    return next((one for one in ACT_FORMS if one.name == name), None)
