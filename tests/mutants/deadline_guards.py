"""The guards of deadlines, moments, pairs of eyes and notifications."""

from typing import Final

from tests.mutants.guard import COMMON, COMMON_TESTS, Guard

SCHEDULING: Final = f"{COMMON}/scheduling"
BASE_SCHEMA: Final = f"{COMMON}/persistence/base_schema_v1.sql"
NOTIFICATIONS: Final = "services/escalation/src/escalation/notifications"

DEADLINE_GUARDS: Final = (
    # Deadlines.
    Guard(
        "no deadline fires early",
        f"{SCHEDULING}/deadlines.py",
        "        AND wake_at <= moment.at AND (due_at IS NULL OR due_at <= moment.at)\n",
        "        AND wake_at <= moment.at\n",
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
        "if summary is None or not await self.renew(tx, leased):",
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
