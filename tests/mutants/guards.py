"""The guards, each with what replaces it and the test that must then fail.

The texts stand in the code as they are here, once each: `tests/checks/test_mutants.py` compares them
with every run of the tests, so that a guard cannot move away unnoticed.
"""

from dataclasses import dataclass
from typing import Final

MESSAGING = "libs/common/src/common/messaging"
SCHEDULING = "libs/common/src/common/scheduling"
BASE_SCHEMA = "libs/common/src/common/persistence/base_schema_v1.sql"
NOTIFICATIONS = "services/escalation/src/escalation/notifications"
COMMON_TESTS = "libs/common/tests"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard: the text `before` in `file`, what it is replaced by, and who notices."""

    name: str
    file: str
    before: str
    after: str
    test: str

    def remove_from(self, text: str) -> str:
        """Return the file's text without the guard. Raises ValueError unless it is there once."""
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} has {self.before!r} {text.count(self.before)} times")
        return text.replace(self.before, self.after)


GUARDS: Final = (
    # Accepted means kept.
    Guard(
        "the answer leaves after the commit",
        "libs/common/src/common/http/route.py",
        """                async with database.transaction() as tx:
                    request.state.tx = tx
                    return await _run_idempotently(tx, key, handle, request)
""",
        """                from starlette.background import BackgroundTask

                transaction = database.transaction()
                request.state.tx = tx = await transaction.__aenter__()
                response = await _run_idempotently(tx, key, handle, request)
                response.background = BackgroundTask(transaction.__aexit__, None, None, None)
                return response
""",
        f"{COMMON_TESTS}/http/test_route.py::test_the_answer_leaves_after_the_commit",
    ),
    Guard(
        "one request at a time per idempotency key",
        "libs/common/src/common/http/idempotency.py",
        "    if not locked:\n        raise RequestInProgress()\n",
        "",
        f"{COMMON_TESTS}/http/test_idempotency.py"
        "::test_while_the_first_one_runs_the_second_is_refused",
    ),
    Guard(
        "an idempotency key belongs to one request",
        "libs/common/src/common/http/idempotency.py",
        "    if row.request != key.request_digest:\n        raise IdempotencyMismatch()\n",
        "",
        f"{COMMON_TESTS}/http/test_idempotency.py"
        "::test_another_body_or_path_under_the_same_key_is_refused",
    ),
    # Outbox and relay.
    Guard(
        "deleted by the ids read, never a range",
        f"{MESSAGING}/outbox_queue.py",
        '"DELETE FROM outbox WHERE id = ANY($1::bigint[]) AND held_by IS NULL"',
        '"DELETE FROM outbox WHERE id <= ($1::bigint[])[1] AND held_by IS NULL"',
        f"{COMMON_TESTS}/messaging/test_relay.py"
        "::test_eight_writers_and_two_relays_lose_nothing_and_keep_the_order",
    ),
    Guard(
        "one relay leads",
        f"{MESSAGING}/relay.py",
        "SELECT pg_try_advisory_lock(hashtext('opsdesk relay'), hashtext($1))",
        "SELECT hashtext($1) IS NOT NULL",
        f"{COMMON_TESTS}/messaging/test_relay.py"
        "::test_eight_writers_and_two_relays_lose_nothing_and_keep_the_order",
    ),
    Guard(
        "only what fitted into the batch is sent",
        f"{MESSAGING}/publisher.py",
        'sent=[row["id"] for row in batched]',
        'sent=[row["id"] for row in rows]',
        f"{COMMON_TESTS}/messaging/test_publisher.py"
        "::test_only_what_fitted_into_the_batch_counts_as_sent",
    ),
    Guard(
        "a send is given up after a time",
        f"{MESSAGING}/publisher.py",
        "await with_timeout(SEND_TIMEOUT_S, self._send_batch(batch, partition))",
        "await self._send_batch(batch, partition)",
        f"{COMMON_TESTS}/messaging/test_relay_holds.py"
        "::test_a_partition_without_leader_holds_only_itself[hangs]",
    ),
    Guard(
        "a producer that failed is replaced",
        f"{MESSAGING}/dispatcher.py",
        "            if not attempt.is_retry:\n                self._drop_publisher()\n",
        "",
        f"{COMMON_TESTS}/messaging/test_relay_holds.py"
        "::test_a_producer_whose_send_failed_is_used_no_more",
    ),
    Guard(
        "a sick partition holds only itself",
        f"{MESSAGING}/dispatcher.py",
        "            self._fail(result.destination, result.cause)\n",
        "            self._fail(Destination(result.destination.topic), result.cause)\n",
        f"{COMMON_TESTS}/messaging/test_relay_holds.py"
        "::test_a_partition_without_leader_holds_only_itself[refuses]",
    ),
    # Inbox.
    Guard(
        "a repeated event has no effect",
        f"{MESSAGING}/classification.py",
        "    if sequence <= max(position.sequence, position.dead_sequence or 0):\n",
        "    if sequence < 0:\n",
        f"{COMMON_TESTS}/messaging/test_inbox.py::test_an_event_delivered_twice_takes_effect_once",
    ),
    Guard(
        "an event after a gap waits",
        f"{MESSAGING}/classification.py",
        'return "next" if is_snapshot or sequence == position.sequence + 1 else "early"',
        'return "next"',
        f"{COMMON_TESTS}/messaging/test_inbox.py"
        "::test_a_gap_parks_that_subject_alone_until_the_missing_one_comes",
    ),
    Guard(
        "events behind a dead letter wait",
        f"{MESSAGING}/classification.py",
        '    if position.dead_sequence is not None:\n        return "early"\n',
        "    if position.dead_sequence is not None:\n        position.dead_sequence = None\n"
        '        return "next"\n',
        f"{COMMON_TESTS}/messaging/test_inbox.py"
        "::test_what_a_rule_refuses_is_put_aside_and_only_its_subject_waits",
    ),
    Guard(
        "one replica applies a subject's first event",
        f"{MESSAGING}/positions.py",
        "    if stored != len(changed):\n"
        '        raise ConcurrentConsumerError("another consumer moved the same subject")\n',
        "",
        f"{COMMON_TESTS}/messaging/test_first_event.py"
        "::test_the_first_event_of_a_subject_takes_effect_once_on_two_replicas",
    ),
    Guard(
        "many dead letters in a row stop the consumer",
        f"{MESSAGING}/batch_processor.py",
        "        if self.consecutive_dead_letters >= MAX_CONSECUTIVE_DEAD_LETTERS:\n",
        "        if self.consecutive_dead_letters < 0:\n",
        f"{COMMON_TESTS}/messaging/test_inbox.py"
        "::test_many_dead_letters_in_a_row_stop_the_consumer",
    ),
    # Deadlines.
    Guard(
        "no deadline fires early",
        f"{SCHEDULING}/deadlines.py",
        "        AND wake_at <= :at AND (due_at IS NULL OR due_at <= :at)\n",
        "        AND wake_at <= :at\n",
        f"{COMMON_TESTS}/scheduling/test_deadline_scheduler.py"
        "::test_no_effect_had_to_be_put_off_for_being_early",
    ),
    Guard(
        "the table refuses an early firing",
        BASE_SCHEMA,
        ",\n    CONSTRAINT ck_firings_not_early CHECK (fired_at >= due_at)\n",
        "\n",
        f"{COMMON_TESTS}/scheduling/test_firings.py::test_the_table_refuses_a_firing_that_is_early",
    ),
    Guard(
        "the table refuses a second firing",
        BASE_SCHEMA,
        "CREATE TABLE firings (\n    generation bigint PRIMARY KEY,",
        "CREATE TABLE firings (\n    generation bigint,",
        f"{COMMON_TESTS}/scheduling/test_firings.py::test_the_table_refuses_a_second_firing",
    ),
    Guard(
        "a deadline moved earlier fires earlier",
        f"{SCHEDULING}/deadlines.py",
        "wake_at = LEAST(armed.wake_at, excluded.wake_at)",
        "wake_at = armed.wake_at",
        f"{COMMON_TESTS}/scheduling/test_deadline_scheduler.py"
        "::test_moved_later_it_fires_later_and_moved_earlier_earlier",
    ),
    Guard(
        "a deadline scheduled anew is not put off",
        f"{SCHEDULING}/batch_firing.py",
        " AND generation = :generation",
        " AND generation <> -CAST(:generation AS bigint)",
        f"{COMMON_TESTS}/scheduling/test_waiting_deadlines.py"
        "::test_what_is_scheduled_anew_meanwhile_is_not_put_off",
    ),
    Guard(
        "a batch that waits is taken apart",
        f"{SCHEDULING}/batch_firing.py",
        "                if self._failed_batches < MAX_BATCH_TRIES:\n",
        "                if self._failed_batches:\n",
        f"{COMMON_TESTS}/scheduling/test_waiting_deadlines.py"
        "::test_one_that_waits_for_a_lock_stops_no_other_timer",
    ),
    Guard(
        "what somebody holds is not waited for",
        f"{SCHEDULING}/aggregate_locks.py",
        "FOR UPDATE SKIP LOCKED",
        "FOR UPDATE",
        f"{COMMON_TESTS}/scheduling/test_aggregate_locks.py"
        "::test_it_locks_what_is_free_leaves_what_is_held_and_returns_what_is_gone",
    ),
    Guard(
        "deadlines of what is gone end",
        f"{SCHEDULING}/aggregate_locks.py",
        "WHERE NOT EXISTS (SELECT FROM {table} WHERE {table}.{column} = asked.id)",
        "WHERE false",
        "services/intake/tests/test_timers_of_missing_subjects.py"
        "::test_no_kind_of_deadline_stays_due_for_a_subject_that_is_gone",
    ),
    Guard(
        "timers wait for events that are not heard",
        f"{SCHEDULING}/event_waits.py",
        "return waits and not self._has_waited(kind)",
        "return False",
        f"{COMMON_TESTS}/scheduling/test_deadline_scheduler.py"
        "::test_it_waits_for_unheard_events_and_then_fires_blind",
    ),
    # The moment, and two people.
    Guard(
        "a change's moment is read after its lock",
        "services/intake/src/intake/tickets/dependencies.py",
        """        before = await self.lock_ticket()
        at = await transaction_time(self.tx)
""",
        """        at = await transaction_time(self.tx)
        before = await self.lock_ticket()
""",
        "services/intake/tests/tickets/test_locks.py"
        "::test_a_change_happens_when_its_lock_was_got_not_when_it_was_asked_for",
    ),
    Guard(
        "the database refuses one pair of eyes",
        "services/intake/src/intake/migrations/versions/0001_initial/tickets.sql",
        "verified_by <> resolved_by",
        "true",
        "services/intake/tests/tickets/test_ticket_routes.py"
        "::test_the_database_refuses_one_pair_of_eyes",
    ),
    # Notifications.
    Guard(
        "acknowledged means not paged",
        f"{NOTIFICATIONS}/notifier.py",
        "if summary is None or not await notifications.still_needed(tx, leased):",
        "if summary is None:",
        "services/escalation/tests/notifications/test_notifier.py"
        "::test_just_before_the_send_it_is_checked_that_nobody_has_acknowledged",
    ),
    Guard(
        "a last attempt lost in a crash goes on",
        f"{NOTIFICATIONS}/commands.py",
        "notification.attempts >= MAX_TEMPORARY_FAILURES",
        "notification.attempts == MAX_TEMPORARY_FAILURES",
        "services/escalation/tests/notifications/test_notifier_failures.py"
        "::test_a_last_attempt_that_a_crash_ends_is_followed_by_another_way_all_the_same",
    ),
)
