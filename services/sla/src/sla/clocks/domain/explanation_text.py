"""A clock's story as plain text, for somebody tired. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap

from common.wording import format_duration
from sla.clocks.domain.clock import BREACH, Firing
from sla.clocks.domain.explanation_report import WORDS, Story


def in_words(story: Story) -> str:
    """Lines of at most 100 characters; the last ones are the sum."""
    return "\n".join([*_head(story), "", *_lines(story), "", *_sum(story), ""])


def _head(story: Story) -> Iterator[str]:
    yield story.heading
    yield story.verdict
    yield story.promise
    yield f"Times are in {story.zone.key}."


def _lines(story: Story) -> Iterator[str]:
    for one in story.intervals:
        span = f"{story.day_and_time(one.start)} - {story.day_and_time(one.end)}"
        counted = f"+ {format_duration(one.counted)}" if one.counted else "-"
        name = f" ({one.name})" if one.name else ""
        yield f"{span:<48}{counted:>22}  {WORDS[one.why]}{name}"
    for turn in story.turns:
        first, *more = wrap(turn.words, 66)
        yield f"{story.day_and_time(turn.at):<34}{first}"
        yield from (f"{'':<34}{line}" for line in more)
    for firing in story.firings:
        yield f"{story.day_and_time(firing.due_at):<70}  {_fired(firing)}"


def _fired(firing: Firing) -> str:
    if firing.kind == BREACH:
        return "the promise broke"
    of = firing.kind.removeprefix("warning_")
    return (
        f"warned, {of} % used up"
        if of.replace(".", "").isdigit()
        else f"warned, {of.replace('_', ' ')}"
    )


def _sum(story: Story) -> Iterator[str]:
    counted = sum((one.counted for one in story.intervals), timedelta(0))
    yield f"{'counted in all':<48}{'= ' + format_duration(counted):>22}"
    if counted != story.standing.counted:  # `next_reply` and `update` begin again
        yield f"{'of these in the present cycle':<48}{format_duration(story.standing.counted):>22}"
    if story.clock.terms.target is not None:
        yield f"{'promised':<48}{format_duration(story.clock.terms.target):>22}"
    if story.standing.overrun:
        yield f"{'too much':<48}{format_duration(story.standing.overrun):>22}"
    elif story.standing.remaining is not None:
        yield f"{'left':<48}{format_duration(story.standing.remaining):>22}"
