"""What keeps links, copies, bulk work and separated tickets right, and the tests that notice."""

from typing import Final

from tests.mutants.guard import Guard

INTAKE: Final = "services/intake/src/intake"
INTAKE_TESTS: Final = "services/intake/tests"

TICKET_GUARDS: Final = (
    Guard(
        "the time for which a ticket was merged counts",
        "services/sla/src/sla/clocks/domain/fold.py",
        "    updated = _close_segment(resumed, at, tables, moved_by=input.kind)\n",
        "    updated = replace(resumed, since=at, moved_by=input.kind)\n",
        "services/sla/tests/clocks/test_unmerged.py::test_it_is_as_if_it_had_never_been_merged",
    ),
    Guard(
        "no link closes a circle",
        f"{INTAKE}/links/domain.py",
        "    if ticket.id in reachable:\n",
        "    if False:\n",
        f"{INTAKE_TESTS}/links/test_links.py"
        "::test_no_ticket_is_linked_to_itself_or_in_a_circle[blocks]",
    ),
    Guard(
        "a copied answer is not mailed again",
        f"{INTAKE}/tickets/store/messages.py",
        "    is_due = is_mailed and message.copied_from is None and not is_read_elsewhere\n",
        "    is_due = is_mailed and not is_read_elsewhere\n",
        f"{INTAKE_TESTS}/splits/test_splits.py::test_copies_of_our_answers_are_not_mailed_again",
    ),
    Guard(
        "what was done in bulk is done once",
        f"{INTAKE}/tickets/routes/bulk.py",
        "    if key is not None and (stored := await idempotency.find_response(tx, key)):\n",
        "    if key is not None and (stored := None):\n",
        f"{INTAKE_TESTS}/tickets/test_bulk.py::test_sent_again_with_its_key_nothing_is_done_twice",
    ),
)
