"""A problem: what its cause is, which workaround helps, and whether its fix works. Pure.

It goes `investigating > known_error > fix_requested > fixed`. A fix is verified on staging and then in
production, each time by another person than who asked for it or made it (R1).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.ticket import is_after

ProblemState = Literal["investigating", "known_error", "fix_requested", "fixed"]
CauseMethod = Literal["five_whys", "timeline"]
VerifiedTier = Literal["staging", "production"]


@dataclass(frozen=True, slots=True)
class Problem:
    """The record of a ticket of kind problem; people are `sub`s.

    `cause_steps` are questions with answers, or moments with what happened then. `change_request` is the
    key of the ticket that fixes it; `backlog_reference` is the product owner's own number for that. Two people
    may give it up: then its ticket closes without a fix.
    """

    ticket_id: UUID
    symptoms: str
    state: ProblemState = "investigating"
    method: CauseMethod | None = None
    cause_steps: Sequence[Mapping[str, Any]] = ()
    root_cause: str | None = None
    cause_by: str | None = None
    cause_at: datetime | None = None
    workaround: str | None = None
    workaround_by: str | None = None
    workaround_at: datetime | None = None
    change_request_id: UUID | None = None
    fix_by: str | None = None
    fix_at: datetime | None = None
    backlog_reference: str | None = None
    backlog_by: str | None = None
    staging_checked: str | None = None
    staging_verified_by: str | None = None
    staging_verified_at: datetime | None = None
    production_checked: str | None = None
    production_verified_by: str | None = None
    production_verified_at: datetime | None = None
    given_up_reason: str | None = None
    given_up_by: str | None = None
    given_up_at: datetime | None = None
    given_up_confirmed_by: str | None = None
    given_up_confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What the analysis found, and by which method."""

    method: CauseMethod
    steps: Sequence[Mapping[str, Any]]
    root_cause: str


def unlink_incident(problem: Problem, linked: int) -> Problem | Rejection:
    """Unlink one of so many `linked` incidents, which it does not cause after all."""
    if not linked:
        return Rejection("NOTHING_LINKED", "No incident is linked to this problem.")
    return problem


def record_cause(problem: Problem, cause: Cause, actor: str, at: datetime) -> Problem | Rejection:
    """Record the root cause with the steps that lead to it; it may be corrected until it is fixed."""
    if problem.state == "fixed":
        return _fixed()
    return replace(
        problem,
        method=cause.method,
        cause_steps=cause.steps,
        root_cause=cause.root_cause,
        cause_by=actor,
        cause_at=at,
    )


def record_workaround(problem: Problem, text: str, actor: str, at: datetime) -> Problem | Rejection:
    """Record how to go on until it is fixed; matching tickets are offered it from now on."""
    if problem.state == "fixed":
        return _fixed()
    return replace(problem, workaround=text, workaround_by=actor, workaround_at=at)


def declare_known_error(problem: Problem) -> Problem | Rejection:
    """Declare that the cause is known, and how to go on until it is fixed."""
    if problem.state != "investigating":
        return Rejection("ALREADY_KNOWN", f"This problem is {problem.state} already.")
    given = {"root cause": problem.root_cause, "workaround": problem.workaround}
    missing = [name for name, value in given.items() if value is None]
    if missing:
        return Rejection(
            "INCOMPLETE", f"Record the {' and the '.join(missing)} first, then try again."
        )
    return replace(problem, state="known_error")


def request_fix(
    problem: Problem, change_request: UUID, actor: str, at: datetime
) -> Problem | Rejection:
    """Ask for the fix by a change request, which goes to the product owner's backlog."""
    if problem.state not in {"known_error", "fix_requested"}:
        return Rejection(
            "NOT_A_KNOWN_ERROR",
            f"This problem is {problem.state}; a fix is asked for once it is a known error.",
        )
    return replace(
        problem,
        state="fix_requested",
        change_request_id=change_request,
        fix_by=actor,
        fix_at=at,
        backlog_reference=None,
        backlog_by=None,
        staging_checked=None,
        staging_verified_by=None,
        staging_verified_at=None,
    )


def take_into_backlog(problem: Problem, reference: str, actor: str) -> Problem | Rejection:
    """Record under which number the product owner has the fix in the backlog."""
    if problem.state != "fix_requested":
        return Rejection("NO_FIX_REQUESTED", "No fix is asked for, so there is no backlog item.")
    return replace(problem, backlog_reference=reference, backlog_by=actor)


def verify_fix(
    problem: Problem,
    tier: VerifiedTier,
    checked: str,
    actor: str,
    at: datetime,
    *,
    makers: Sequence[str | None],
) -> Problem | Rejection:
    """Verify the fix on staging, then in production. `makers` asked for the change or made it (R1)."""
    if problem.state != "fix_requested":
        return Rejection("NO_FIX_REQUESTED", f"This problem is {problem.state}; no fix waits.")
    if actor in makers:
        return Rejection(
            "FOUR_EYES", f"{actor} asked for this fix or made it; another person must verify it."
        )
    if tier == "staging":
        return replace(
            problem, staging_checked=checked, staging_verified_by=actor, staging_verified_at=at
        )
    if problem.staging_verified_at is None:
        return Rejection(
            "STAGING_FIRST", "Nobody has verified it on staging. Do that first, then in production."
        )
    return replace(
        problem,
        state="fixed",
        production_checked=checked,
        production_verified_by=actor,
        production_verified_at=at,
    )


def give_up(
    problem: Problem, reason: str, actor: str, at: datetime, *, since: datetime | None = None
) -> Problem | Rejection:
    """Ask to give the problem up: it will not be fixed. Another person has to confirm that (R1).

    `since` is when its ticket last came back: what was given up before is open again. Who asks again
    is the one who asked; it waits since somebody first did.
    """
    if problem.state == "fixed":
        return _fixed()
    if is_given_up(problem, since):
        return _already_given_up()
    waits = is_after(problem.given_up_at, since)
    return replace(
        problem,
        given_up_reason=reason,
        given_up_by=actor,
        given_up_at=problem.given_up_at if waits else at,
        given_up_confirmed_by=None,
        given_up_confirmed_at=None,
    )


def confirm_giving_up(
    problem: Problem, actor: str, at: datetime, *, since: datetime | None = None
) -> Problem | Rejection:
    """Confirm, as a second person, that the problem will not be fixed (R1)."""
    if problem.state == "fixed":
        return _fixed()
    if is_given_up(problem, since):
        return _already_given_up()
    if not waits_to_be_given_up(problem, since):
        return Rejection("NOTHING_PENDING", "Nobody has asked to give this problem up.")
    if actor == problem.given_up_by:
        return Rejection("FOUR_EYES", f"{actor} asked to give it up; another person must confirm.")
    return replace(problem, given_up_confirmed_by=actor, given_up_confirmed_at=at)


def is_given_up(problem: Problem, since: datetime | None) -> bool:
    """Whether two people have given it up since its ticket last came back."""
    return is_after(problem.given_up_confirmed_at, since)


def waits_to_be_given_up(problem: Problem, since: datetime | None) -> bool:
    """Whether one person has asked to give it up since its ticket last came back, and nobody confirmed it yet."""
    if problem.state == "fixed" or is_given_up(problem, since):
        return False
    return is_after(problem.given_up_at, since)


def _already_given_up() -> Rejection:
    return Rejection("ALREADY_CONFIRMED", "Two people have given this problem up already.")


def _fixed() -> Rejection:
    return Rejection("ALREADY_FIXED", "This problem is fixed; open a new one if it is back.")


MAX_TERMS: Final = 32
MIN_LETTERS: Final = 4
"""Shorter words (articles, "not", "the") say nothing about what is wrong."""
ENDING: Final = 2
"""Letters at the end that are left open: an invoice is found by "invoices", "Rechnung" by "Rechnungen"."""
_WORD: Final = re.compile(r"[^\W_]{4,40}")


def search_terms(*texts: str | None) -> tuple[str, ...]:
    """The words of a ticket as prefixes for PostgreSQL's `to_tsquery`, each once: `invoic:*`."""
    words = (word.lower() for one in texts for word in _WORD.findall((one or "")[:5_000]))
    stems = (word[: max(MIN_LETTERS, len(word) - ENDING)] for word in words)
    return tuple(f"{stem}:*" for stem in dict.fromkeys(stems))[:MAX_TERMS]


def is_close(shared: int, terms: int) -> bool:
    """Whether a known error shares enough words with a ticket: two, or the only one."""
    return shared >= min(2, terms)
