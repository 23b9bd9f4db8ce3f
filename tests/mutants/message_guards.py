"""The guards of requests and messages."""

from typing import Final

from tests.mutants.guard import COMMON, COMMON_TESTS, Guard

MESSAGING: Final = f"{COMMON}/messaging"

MESSAGE_GUARDS: Final = (
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
        '"DELETE FROM outbox WHERE id <= (SELECT max(i) FROM unnest($1::bigint[]) AS i)"',
        f"{COMMON_TESTS}/messaging/test_relay.py"
        "::test_what_commits_between_the_read_and_the_deletion_is_sent_as_well",
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
        'return "fork" if _is_fork(position, sequence, event_id) else "old"',
        'return "fork" if _is_fork(position, sequence, event_id) else "next"',
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
        "a record that its topic's owner does not send has no effect",
        f"{MESSAGING}/classification.py",
        "        if (fault := origins.fault(record.topic, envelope)) is not None:\n",
        "        if (fault := None) is not None:\n",
        f"{COMMON_TESTS}/messaging/test_origins.py"
        "::test_what_the_owner_does_not_send_has_no_effect_and_stops_nobody",
    ),
    Guard(
        "many dead letters in a row stop the consumer",
        f"{MESSAGING}/batch_processor.py",
        "        if self.state.consecutive_dead_letters >= MAX_CONSECUTIVE_DEAD_LETTERS:\n",
        "        if self.state.consecutive_dead_letters < 0:\n",
        f"{COMMON_TESTS}/messaging/test_inbox.py"
        "::test_many_dead_letters_in_a_row_stop_the_consumer",
    ),
)
