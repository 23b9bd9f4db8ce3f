"""The partner's own number, as their ticket systems and people write it."""

import pytest

from intake.tickets.domain.partner_reference import find_reference


@pytest.mark.parametrize(
    ("subject", "text", "found"),
    [
        ("RE: [OPS-1001] Down [INC0012345]", "", "INC0012345"),
        ("Re: [OPS-1001] Billing is down", "Your ticket number is 4711.", "4711"),
        ("Ticket #88213 created: [OPS-1001] Down", "", "88213"),
        ("[#88213] Re: [OPS-1001] Down", "", "88213"),
        ("Re: [OPS-1001] Down", "Onze referentie: HH-2030-17", "HH-2030-17"),
        ("Re: [OPS-1001] Down", "Vorgang 2030-00017 wurde angelegt", "2030-00017"),
        ("Case 00012345: [OPS-1001] Down", "", "00012345"),
        ("Re: [OPS-1001] Down", "We look into it.", None),
        ("Re: [OPS-1001] Down", "See ticket OPS-1001, please.", None),
        ("Re: ticket [OPS-1001]", "The ticket is with the network team.", None),
    ],
)
def test_the_number_is_theirs_and_never_ours(subject: str, text: str, found: str | None) -> None:
    assert find_reference(subject, text) == found


def test_a_long_text_is_read_in_linear_time() -> None:
    assert find_reference("ticket " * 100_000, "no " * 1_000_000) is None
