"""The guards of mail to customers: to whom, how often, and what did not arrive."""

from typing import Final

from tests.mutants.guard import Guard

OUTGOING: Final = "services/intake/src/intake/outgoing"
TESTS: Final = "services/intake/tests/outgoing"

MAIL_GUARDS: Final = (
    Guard(
        "one address gets so many receipts in an hour",
        f"{OUTGOING}/domain/outgoing_mail.py",
        "    return recent >= limit\n",
        "    return recent < 0\n",
        f"{TESTS}/test_receipts.py::test_one_address_gets_no_more_than_so_many_in_an_hour",
    ),
    Guard(
        "an answer goes to the ticket's customer alone",
        f"{OUTGOING}/domain/recipients.py",
        "        and one.customer_id == ticket.customer_id\n",
        "",
        f"{TESTS}/test_who_gets_what.py::test_people_of_the_tickets_customer_get_our_answer",
    ),
    Guard(
        "who is not believed gets no answer",
        f"{OUTGOING}/store/due.py",
        "                AND messages.direction = 'inbound' AND messages.sender_doubt IS NOT NULL)\n",
        "                AND messages.direction = 'none')\n",
        f"{TESTS}/test_answers.py::test_a_forged_mail_makes_nobody_a_recipient",
    ),
    Guard(
        "an answer that did not arrive comes before people",
        f"{OUTGOING}/commands.py",
        '        await report_undelivered(tx, ticket, leased.mail, result.problem or "", at)\n',
        "        return None\n",
        f"{TESTS}/test_sending.py::test_a_refusal_for_good_ends_it_and_comes_before_people",
    ),
)
