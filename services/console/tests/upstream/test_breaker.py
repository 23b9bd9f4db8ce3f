"""A service that does not answer is left alone for a while: moments are counted, not requests."""

from datetime import UTC, datetime, timedelta

from console.upstream.breaker import FAILURES, MEMORY_S, PAUSE_S, Breaker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def failed(breaker: Breaker, *moments: float) -> None:
    """Let requests fail that were sent at these moments, each 0.8 seconds later."""
    for asked_at in moments:
        breaker.failed(asked_at, asked_at + 0.8, NOON)


def test_parts_that_fail_together_had_one_bad_moment() -> None:
    breaker = Breaker()
    failed(breaker, 10.0, 10.0, 10.1, 10.2, 10.7)
    assert breaker.failures == 1
    assert breaker.may_ask(11.0)


def test_three_bad_moments_in_a_row_shut_it() -> None:
    breaker = Breaker()
    failed(breaker, *range(10, 10 + FAILURES))
    assert not breaker.may_ask(13.0)
    assert breaker.since == NOON


def test_an_answer_between_begins_anew() -> None:
    breaker = Breaker()
    failed(breaker, 10, 11)
    breaker.answered()
    failed(breaker, 12, 13)
    assert breaker.may_ask(14)
    assert breaker.failures == 2


def test_after_the_pause_one_request_tries_and_the_others_do_not_wait() -> None:
    breaker = Breaker()
    failed(breaker, 10, 11, 12)
    later = 12.8 + PAUSE_S
    assert breaker.may_ask(later)
    assert not breaker.may_ask(later)
    breaker.failed(later, later + 0.8, NOON)
    assert not breaker.may_ask(later + 1), "it is shut again"
    assert breaker.may_ask(later + 0.8 + PAUSE_S)
    breaker.answered()
    assert breaker.may_ask(later + 7)
    assert breaker.since is None


def test_a_try_that_was_cancelled_lets_another_one_try() -> None:
    breaker = Breaker()
    failed(breaker, 10, 11, 12)
    later = 12.8 + PAUSE_S
    assert breaker.may_ask(later)
    breaker.given_up()
    assert breaker.may_ask(later)


def test_after_an_idle_time_nobody_knows_that_it_did_not_answer_meanwhile() -> None:
    breaker = Breaker()
    failed(breaker, 10, 11, 12)
    later = 12.8 + MEMORY_S + 1
    assert breaker.may_ask(later)
    assert breaker.may_ask(later), "no old failure stops the parts of a new page"
    breaker.failed(later, later + 0.8, NOON + timedelta(minutes=24))
    assert (breaker.failures, breaker.since) == (1, NOON + timedelta(minutes=24))


def test_a_form_that_fails_after_an_idle_time_begins_a_new_row() -> None:
    breaker = Breaker()
    failed(breaker, 10, 11)
    later = 12 + MEMORY_S
    breaker.failed(later, later + 5, NOON + timedelta(minutes=1))
    assert (breaker.failures, breaker.since) == (1, NOON + timedelta(minutes=1))


def test_while_it_is_asked_again_and_again_it_has_been_away_since_the_first_failure() -> None:
    breaker = Breaker()
    for asked_at in range(10, 100, 10):
        assert breaker.may_ask(asked_at)
        breaker.failed(asked_at, asked_at + 0.8, NOON + timedelta(seconds=asked_at - 10))
    assert breaker.since == NOON


def test_an_error_of_the_service_is_an_answer_and_shuts_nothing() -> None:
    breaker = Breaker()
    for at in range(10, 20):
        breaker.erred(at, NOON + timedelta(seconds=at - 10))
        assert breaker.may_ask(at)
    assert breaker.since == NOON
