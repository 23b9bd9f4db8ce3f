"""The portal speaks for contacts of customers at the gate, too: such a caller is that contact."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from common.auth import address_digest
from common.events.directory import ContactKnown
from delivery_gate_support.gate_client import ACME, GateClient

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
JAN = "mailto:Jan@acme.example"


def contact(
    number: int, customer: str = "acme", *, erased: bool = False, retired: bool = False
) -> ContactKnown:
    return ContactKnown(
        at=NINE,
        contact_id=UUID(int=number),
        customer_id=ACME,
        customer=customer,
        language="nl",
        erased=erased,
        retired=retired,
        address_digest=None if erased else address_digest("jan@acme.example"),
    )


async def visible_environments(gate: GateClient) -> list[str] | int:
    """The environments that the portal shows to jan; the status where it shows none."""
    answer = await gate.get("portal", "environments", On_Behalf_Of=JAN)
    if answer.status_code != 200:
        return answer.status_code
    return [one["key"] for one in answer.json()["items"]]


async def test_the_portal_sees_what_the_contact_may_see(gate: GateClient) -> None:
    """The own environments, and neither deliveries nor those of others."""
    await gate.deliver_event(contact(1))
    assert await visible_environments(gate) == ["acme-prod", "acme-staging"]
    one = await gate.get("portal", "environments/acme-prod", On_Behalf_Of=JAN)
    assert one.json()["customer"] == "acme"
    for path in ("deliveries", "versions", "follow-ups", "refusals"):
        assert (await gate.get("portal", path, On_Behalf_Of=JAN)).status_code in (403, 404), path
    asked = {"product": "billing", "digest": None}
    answer = await gate.post(
        "portal", "environments/acme-prod/observations", asked, On_Behalf_Of=JAN
    )
    assert answer.status_code == 403


async def test_the_portal_speaks_for_a_contact_by_any_address_of_theirs(gate: GateClient) -> None:
    more = {"other_address_digests": [address_digest("jan@home.example")]}
    await gate.deliver_event(contact(1).model_copy(update=more))
    answer = await gate.get("portal", "environments", On_Behalf_Of="mailto:jan@home.example")
    assert [one["key"] for one in answer.json()["items"]] == ["acme-prod", "acme-staging"]


async def test_a_contact_of_another_customer_sees_none_of_them(gate: GateClient) -> None:
    await gate.deliver_event(contact(1, "brightwater"))
    assert await visible_environments(gate) == []
    one = await gate.get("portal", "environments/acme-prod", On_Behalf_Of=JAN)
    assert one.status_code == 404


async def test_the_portal_alone_sees_nothing(gate: GateClient) -> None:
    assert (await gate.get("portal", "environments")).status_code == 403
    assert await visible_environments(gate) == 403


@pytest.mark.parametrize("gone", [contact(1, erased=True), contact(1, retired=True)])
async def test_nobody_speaks_for_a_contact_who_is_gone(
    gate: GateClient, gone: ContactKnown
) -> None:
    await gate.deliver_event(contact(1))
    await gate.deliver_event(gone)
    assert await visible_environments(gate) == 403


async def test_an_address_that_two_claim_is_nobodys(gate: GateClient) -> None:
    """It moved to another customer, and only one of the two events has arrived."""
    await gate.deliver_event(contact(1))
    await gate.deliver_event(contact(2, "brightwater"))
    assert await visible_environments(gate) == 403
    await gate.deliver_event(contact(1, erased=True))
    assert await visible_environments(gate) == []


async def test_only_the_portal_speaks_for_others(gate: GateClient) -> None:
    await gate.deliver_event(contact(1))
    assert (await gate.get("anna", "environments", On_Behalf_Of=JAN)).status_code == 403
