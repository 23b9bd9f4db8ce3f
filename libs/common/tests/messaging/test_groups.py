"""Which records of a batch a handler gets at once: in the order of each key, and a storm as one group."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.events.envelope import Event, ReceivedEvent
from common.messaging.inbox import ordered_groups

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


class Single(Event):
    """Of one key once in a group."""

    type: ClassVar[str] = "test.single.v1"
    ticket: int
    alert: int

    def subject(self) -> str:
        return f"alert/{self.alert}"

    def key(self) -> str:
        return str(self.ticket)


class Many(Single):
    """Of one key as often as there are subjects."""

    type: ClassVar[str] = "test.many.v1"
    set_based: ClassVar[bool] = True


def received(kind: type[Single], ticket: int, alert: int) -> ReceivedEvent[Event]:
    event = kind(at=NINE, ticket=ticket, alert=alert)
    return ReceivedEvent(UUID(int=alert), "test", event.subject(), 1, event)


def groups(*events: ReceivedEvent[Event]) -> list[list[ReceivedEvent[Event]]]:
    return list(ordered_groups(events))


def test_a_storm_of_one_ticket_is_one_group() -> None:
    storm = [received(Many, 1, alert) for alert in range(1_000)]
    assert groups(*storm) == [storm]


def test_of_other_types_a_key_comes_once_in_a_group() -> None:
    one, two, other = received(Single, 1, 1), received(Single, 1, 2), received(Single, 2, 3)
    assert groups(one, two, other) == [[one, other], [two]]


def test_a_subject_comes_once_in_a_group() -> None:
    first, second = received(Many, 1, 1), received(Many, 1, 1)
    assert groups(first, second) == [[first], [second]]


def test_what_comes_between_separates() -> None:
    """The order of a key is that of its records."""
    before, between, after = received(Many, 1, 1), received(Single, 1, 2), received(Many, 1, 3)
    assert groups(before, between, after) == [[before], [between], [after]]


@given(
    st.lists(
        st.tuples(st.sampled_from([Single, Many]), st.integers(1, 3), st.integers(1, 4)),
        max_size=30,
    )
)
def test_nothing_is_lost_and_each_key_keeps_its_order(
    facts: list[tuple[type[Single], int, int]],
) -> None:
    events = [received(*fact) for fact in facts]
    found = groups(*events)
    for group in found:
        assert len({type(one.event) for one in group}) == 1
        assert len({(one.event.key(), one.subject) for one in group}) == len(group)
    flat = [one for group in found for one in group]
    for key in {one.event.key() for one in events}:
        own = [id(one) for one in events if one.event.key() == key]
        assert [id(one) for one in flat if one.event.key() == key] == own
