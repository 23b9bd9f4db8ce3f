"""What a partner and what a customer reads of a change is checked as a reply is (R11)."""

from httpx import AsyncClient, Response

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from intake.settings import IntakeSettings
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.tickets import TO_PARTNER, act, open_ticket
from opsdesk_testing.client import app_for, client, settings_for

OTHER = "It was the same at Brightwater last week."
NOTE = "Their admin deleted the queue by hand and blames us for it in every call"


def codes(answer: Response) -> list[str]:
    """What stopped a text."""
    assert answer.status_code == 422, answer.text
    return [one["code"] for one in answer.json()["findings"]]


async def forward(anna: AsyncClient, key: str, **more: str) -> Response:
    return await act(anna, key, "forward", **TO_PARTNER | more)


async def test_a_record_that_names_another_customer_does_not_leave(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert codes(await forward(anna, key, tried=OTHER)) == ["other_customer"]
    assert codes(await forward(anna, key, asked="Restart {{server}}.")) == ["unfilled_placeholder"]
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "new"
    assert (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"] == []


async def test_our_notes_may_reach_a_partner_who_works_on_it(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "replies", text=NOTE, visibility="internal")
    answer = await forward(anna, key, seen=NOTE)
    assert answer.status_code == 200, answer.text
    again = f"Dear colleagues,\n\n{NOTE}\n\nKind regards, Anna"
    assert (await act(anna, key, "partner-messages", text=again)).status_code == 201


async def test_second_level_is_of_us(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    answer = await forward(anna, key, to="second_level", partner=None, tried=OTHER)  # type: ignore[arg-type]  # no partner
    assert answer.status_code == 200, answer.text


async def test_what_we_write_to_a_partner_later_is_checked_and_recorded(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert (await forward(anna, key)).status_code == 200
    assert codes(await act(anna, key, "partner-messages", text=OTHER))[0] == "other_customer"
    sent = await act(
        anna, key, "partner-messages", text="It is db-2.", overrule_reason="In a hurry"
    )
    assert sent.headers["Message-Findings"] == "missing_greeting, missing_closing"
    assert [one["code"] for one in sent.json()["findings"]] == [
        "missing_greeting",
        "missing_closing",
    ]
    assert sent.json()["check"]["overrule_reason"] == "In a hurry"


async def test_no_language_is_wrong_for_a_partner(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert (await forward(anna, key)).status_code == 200
    dutch = "Beste collega's,\n\nhet probleem is er nog steeds, ook na de herstart.\n\nMet vriendelijke groet"
    sent = await act(anna, key, "partner-messages", text=dutch)
    assert sent.json()["findings"] == []


async def test_the_note_of_an_estimate_is_checked(anna: AsyncClient, jan: AsyncClient) -> None:
    """R11: the customer reads it in the portal; it is no letter"""
    change = {"kind": "change_request", "nature": "corrective"}
    key = await open_ticket(anna, **change)
    await act(anna, key, "replies", text=NOTE, visibility="internal")
    path, seconds = f"/v1/change-requests/{key}/estimate", {"estimate_seconds": 3600}
    for words, code in ((NOTE, "internal_note"), (OTHER, "other_customer")):
        assert codes(await anna.put(path, json=seconds | {"note": words})) == [code]
    assert (await jan.get(f"/v1/change-requests/{key}")).json()["estimate_seconds"] is None
    good = await anna.put(path, json=seconds | {"note": "One hour, with the test."})
    assert (good.status_code, good.headers.get("Message-Findings")) == (200, None)
    assert (await anna.put(path, json=seconds)).status_code == 200


async def test_where_overruling_is_required_a_reason_opens_the_way(
    anna: AsyncClient, database: Database
) -> None:
    settings = settings_for(IntakeSettings, database.url, message_check="require")
    key = await open_ticket(anna)
    assert (await forward(anna, key)).status_code == 200
    strict = app_for(SERVICE, database, settings=settings)
    async with client(strict, "anna") as strictly:
        refused = await act(strictly, key, "partner-messages", text="It is db-2.")
        assert codes(refused) == ["missing_greeting", "missing_closing"]
        sent = await act(
            strictly, key, "partner-messages", text="It is db-2.", overrule_reason="By phone"
        )
        assert sent.status_code == 201
    await runtime_of(strict).resource(TicketBatcher).close()
