"""Every code in the services' documents has words, or it is said here that no page shows it."""

import re
from pathlib import Path

import pytest

from console.language.words import WORDS

ROOT = Path(__file__).parents[4]
Code = tuple[str, str]
"""A service, and the name of a field of its documents."""

SHOWN: dict[Code, tuple[str, ...]] = {
    ("delivery-gate", "code"): ("refusal",),
    ("delivery-gate", "kind"): ("follow_up", "waiting"),
    ("delivery-gate", "lifecycle"): ("lifecycle",),
    ("delivery-gate", "outcome"): ("verdict",),
    ("delivery-gate", "result"): ("check_result",),
    ("delivery-gate", "state"): (
        "delivery_state",
        "environment_state",
        "follow_up_state",
        "emergency_state",
    ),
    ("escalation", "channel"): ("channel",),
    ("escalation", "kind"): ("waiting",),
    ("escalation", "severity"): ("priority",),
    ("escalation", "state"): ("case_state", "notification"),
    ("escalation", "trigger"): ("trigger",),
    ("intake", "audience"): ("article_audience",),
    ("intake", "channel"): ("channel",),
    ("intake", "code"): ("fault",),
    ("intake", "contract"): ("contract",),
    ("intake", "impact"): ("level",),
    ("intake", "cause"): ("improvement_cause",),
    ("intake", "ended_how"): ("state",),
    ("intake", "decision"): ("access_state", "whose_value"),
    ("intake", "field"): ("fact",),
    ("intake", "kind"): ("kind", "waiting", "notice_kind"),
    ("intake", "mailing"): ("mail",),
    ("intake", "metric"): ("metric",),
    ("intake", "nature"): ("nature",),
    ("intake", "outcome"): ("mail_outcome",),
    ("intake", "owed_removal"): ("owed_removal",),
    ("intake", "priority"): ("priority",),
    ("intake", "roles"): ("role",),
    ("intake", "stage"): ("notice_stage",),
    ("intake", "state"): (
        "state",
        "mail",
        "notice_state",
        "improvement_state",
        "access_state",
        "article_state",
        "link_state",
        "problem_state",
    ),
    ("intake", "suggested_priority"): ("priority",),
    ("intake", "tier"): ("tier",),
    ("intake", "urgency"): ("level",),
    ("intake", "waiting_on"): ("waiting_on",),
    ("sla", "channel"): ("channel",),
    ("sla", "contract"): ("contract",),
    ("sla", "effect"): ("effect",),
    ("sla", "environment_tier"): ("tier",),
    ("sla", "kind"): ("kind", "waiting"),
    ("sla", "metric"): ("metric",),
    ("sla", "outcome"): ("match",),
    ("sla", "outlook"): ("outlook",),
    ("sla", "priorities"): ("priority",),
    ("sla", "priority"): ("priority",),
    ("sla", "reason"): ("downtime",),
    ("sla", "side"): ("side",),
    ("sla", "source"): ("source",),
    ("sla", "state"): (
        "agreement_state",
        "calendar_state",
        "waiver_state",
        "goal_state",
        "action_state",
        "uptime_state",
    ),
}
"""Codes that pages show, with the kinds of words that they have."""

PARTLY: dict[Code, set[str]] = {
    ("escalation", "kind"): {
        "add", "email", "person", "remove", "replace", "role", "rota", "sms",
    },
    ("intake", "kind"): {
        "blocks", "caused_by", "child_of", "client", "customers", "duplicates", "environments", "follows", "jira",
        "partners", "person", "servicenow", "split_from", "staff", "token", "zendesk",
    },
    ("intake", "outcome"): {
        "applied", "created", "duplicate", "imported", "known", "own", "read", "refused",
        "unchanged", "unknown_ticket", "updated",
    },
    ("sla", "kind"): {"calendar", "cancel", "extend", "move", "shorten"},
}  # fmt: skip
"""Values of these codes that belong to nouns without a page: each page that comes takes some away."""

NOT_SHOWN: set[Code] = {
    ("escalation", "acknowledge"),
    ("escalation", "audiences"),
    ("escalation", "days"),
    ("escalation", "empty_step"),
    ("escalation", "unit"),
    ("intake", "booked_on"),
    ("intake", "codes"),
    ("intake", "consequence"),
    ("intake", "detected_by"),
    ("intake", "direction"),
    ("intake", "effect"),
    ("intake", "format"),
    ("intake", "forwarded_to"),
    ("intake", "high"),
    ("intake", "list"),
    ("intake", "low"),
    ("intake", "medium"),
    ("intake", "method"),
    ("intake", "party"),
    ("intake", "purpose"),
    ("intake", "raw_deleted_why"),
    ("intake", "role"),
    ("intake", "severity"),
    ("intake", "source"),
    ("intake", "speaker"),
    ("intake", "to"),
    ("intake", "visibility"),
    ("sla", "better"),
    ("sla", "code"),
    ("sla", "direction"),
    ("sla", "scope"),
    ("sla", "statistic"),
    ("sla", "timed_events"),
    ("sla", "type"),
    ("sla", "verdict"),
}
"""Codes that no page shows: of nouns without a page, or of requests that no form makes."""


def enums() -> dict[Code, set[str]]:
    """Return the values of the enums in docs/api, by service and the name of their field."""
    found: dict[Code, set[str]] = {}
    for path in (ROOT / "docs/api").glob("*.md"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\| `(\w+)` \| .*?one of ([^|]*)\|", line):
                values = match[2].replace(" or null", "").split(",")
                found.setdefault((path.stem, match[1]), set()).update(map(str.strip, values))
    return found


ENUMS = enums()


@pytest.mark.parametrize("code", sorted(ENUMS))
def test_every_code_has_words_or_is_known_not_to_be_shown(code: Code) -> None:
    assert (code in SHOWN) != (code in NOT_SHOWN), f"say in this file whether a page shows {code}"
    if code in SHOWN:
        known = {value for kind in SHOWN[code] for value in WORDS[kind]}
        assert ENUMS[code] - known == PARTLY.get(code, set())


def test_what_is_said_of_codes_is_about_some_that_exist() -> None:
    assert SHOWN.keys() | NOT_SHOWN | PARTLY.keys() <= ENUMS.keys()
    assert {"blocker", "trivial"} <= ENUMS["intake", "priority"]
