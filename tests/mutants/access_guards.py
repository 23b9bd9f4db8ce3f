"""What keeps effects, references, old rows and strangers within bounds, and the tests that notice."""

from typing import Final

from tests.mutants.guard import COMMON, COMMON_TESTS, Guard

EMERGENCIES: Final = "services/delivery-gate/src/delivery_gate/emergencies"
LATE_KNOWLEDGE: Final = "services/delivery-gate/tests/emergencies/test_late_knowledge.py"
LINK_TESTS: Final = "services/escalation/tests/cases/links/test_guards.py"
RETENTIONS: Final = "services/intake/src/intake/retentions.py"
RETENTION_TESTS: Final = "services/intake/tests/test_retentions.py"

ACCESS_GUARDS: Final = (
    Guard(
        "an emergency step waits for what is not heard yet",
        f"{EMERGENCIES}/domain.py",
        "    if not is_current:\n",
        "    if False:\n",
        f"{LATE_KNOWLEDGE}::test_a_step_is_deferred_while_the_gate_has_not_heard_everything",
    ),
    Guard(
        "a Blocker's end heard late marks the change",
        f"{EMERGENCIES}/domain.py",
        "    return replace(change, blocker_ended_at=ended_at)\n",
        "    return change\n",
        f"{LATE_KNOWLEDGE}"
        "::test_an_end_heard_after_the_application_marks_announces_and_investigates",
    ),
    Guard(
        "a reference that no table knows is refused",
        f"{COMMON}/http/references.py",
        "            await check_references(request, references)\n",
        "            pass\n",
        f"{COMMON_TESTS}/http/test_references.py::test_the_answer_names_the_nearest_known_key",
    ),
    Guard(
        "a mail that is not processed is not emptied",
        RETENTIONS,
        "raw_deleted_at IS NULL AND outcome <> 'received'",
        "raw_deleted_at IS NULL",
        f"{RETENTION_TESTS}::test_what_is_not_processed_yet_stays_however_old",
    ),
    Guard(
        "a group of alerts stays while its ticket is open",
        RETENTIONS,
        " AND state IN ('closed', 'merged')",
        "",
        f"{RETENTION_TESTS}::test_groups_of_alerts_go_once_their_ticket_is_closed",
    ),
    Guard(
        "an open dead letter stays however old",
        f"{COMMON}/retention.py",
        "SELECT id FROM dead_letters WHERE settled_at <= :before",
        "SELECT id FROM dead_letters WHERE COALESCE(settled_at, :before) <= :before",
        f"{COMMON_TESTS}/test_retention.py"
        "::test_settled_dead_letters_go_and_open_ones_stay_however_old",
    ),
    Guard(
        "a revoked token is refused",
        f"{COMMON}/auth/tokens.py",
        "        if self.revoked.cover(verified):\n",
        "        if False:\n",
        f"{COMMON_TESTS}/auth/test_tokens.py"
        "::test_a_verified_token_is_remembered_until_it_is_revoked",
    ),
    Guard(
        "nobody of an ended customer is let in",
        f"{COMMON}/auth/tokens.py",
        "        self.revoked.check_customer(verified.caller.customer)\n",
        "",
        f"{COMMON_TESTS}/auth/test_ended_customers.py"
        "::test_neither_a_known_nor_a_new_token_of_theirs_is_accepted",
    ),
    Guard(
        "the database keeps customers' rows apart",
        f"{COMMON}/persistence/base_schema_v1.sql",
        "ENABLE ROW LEVEL SECURITY",
        "DISABLE ROW LEVEL SECURITY",
        "services/delivery-gate/tests/environments/test_rows_apart.py"
        "::test_without_any_where_a_contact_reads_the_own_rows",
    ),
    Guard(
        "two accounts of one person are one person",
        f"{COMMON}/auth/persons.py",
        "    return found or account\n",
        "    return account\n",
        "services/intake/tests/test_second_person.py"
        "::test_the_first_person_is_refused_with_every_account",
    ),
    Guard(
        "a Blocker that first level has not confirmed permits no emergency",
        f"{EMERGENCIES}/domain.py",
        "    if not blocker.confirmed:\n",
        "    if False:\n",
        "services/delivery-gate/tests/emergencies/test_emergency_routes.py"
        "::test_a_contacts_blocker_permits_nothing_until_first_level_has_confirmed_it",
    ),
    Guard(
        "the database refuses two accounts of one person",
        f"{COMMON}/persistence/base_schema_v1.sql",
        "    IF is_one_person(first_person, second_person) THEN\n",
        "    IF FALSE THEN\n",
        "services/sla/tests/test_second_person.py"
        "::test_the_first_person_is_refused_with_every_account",
    ),
    Guard(
        "a link that acknowledges is signed",
        "services/escalation/src/escalation/notifications/domain/ack_link.py",
        "        return notification_id if any(matches) else None\n",
        "        return notification_id\n",
        f"{LINK_TESTS}::test_forged_changed_and_foreign_links_are_none_of_ours",
    ),
    Guard(
        "a link acknowledges once",
        "services/escalation/src/escalation/cases/domain/link_state.py",
        '    return "open" if used_at is None else "used"\n',
        '    return "open"\n',
        f"{LINK_TESTS}::test_a_used_link_does_not_take_a_case_that_is_open_again",
    ),
)
