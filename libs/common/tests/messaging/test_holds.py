"""What is held, since when, and when it is tried again: pure bookkeeping."""

from datetime import UTC, datetime

from common.messaging.holds import KEY_PAUSE_S, MAX_PAUSE_S, Destination, Holds

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
TOPIC, THIRD, KEY = Destination("t"), Destination("t", 3), Destination("t", key="k")


def test_an_event_waits_for_its_key_its_topic_or_its_partition() -> None:
    holds = Holds()
    holds.fail(THIRD, "LeaderNotAvailableError", NOON, 0)
    assert holds.blocking("t", 3, "k") == THIRD
    assert holds.blocking("t", 2, "k") is None
    assert holds.blocking("other", 3, "k") is None
    holds.fail(TOPIC, "UnknownTopicOrPartitionError", NOON, 0)
    assert holds.blocking("t", None, "k") == TOPIC
    holds.fail(KEY, "too large", NOON, 0)
    assert holds.blocking("t", 3, "k") == KEY


def test_the_pause_grows_up_to_a_maximum_and_a_success_ends_it() -> None:
    holds = Holds()
    pauses = [holds.fail(THIRD, "no leader", NOON, 0).retry_at for _ in range(9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, MAX_PAUSE_S, MAX_PAUSE_S, MAX_PAUSE_S]
    assert holds.due(1) == []
    holds.succeed(THIRD)
    assert holds.due(1) == [THIRD]
    assert holds[THIRD].is_over
    assert holds.fail(KEY, "too large", NOON, 0).retry_at == KEY_PAUSE_S


def test_readiness_names_topic_partition_since_and_why() -> None:
    holds = Holds()
    holds.add(Destination("slow", 1), "no answer yet", NOON, float("inf"))
    holds.fail(KEY, "too large", NOON, 0)
    assert holds.describe() is None, "slow is no trouble yet; a refused event has its own metric"
    holds.fail(THIRD, "LeaderNotAvailableError", NOON, 0)
    holds.fail(Destination("gone"), "UnknownTopicOrPartitionError", NOON, 0)
    assert holds.describe() == (
        "gone (whole topic) since 2030-01-07T12:00:00Z (UnknownTopicOrPartitionError);"
        " t partition 3 since 2030-01-07T12:00:00Z (LeaderNotAvailableError)"
    )


def test_a_hold_is_read_back_from_the_mark_of_its_rows() -> None:
    for destination in (TOPIC, THIRD, KEY):
        assert Destination.parse("t", destination.held_by, "k") == destination
