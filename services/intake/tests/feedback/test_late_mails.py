"""A mail to a ticket that was closed too long ago opens the one on which it goes on."""

from datetime import UTC, datetime, timedelta

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
RAW = {"Content-Type": "message/rfc822"}


def _mail(number: int, subject: str, answers: int | None = None) -> bytes:
    thread = "" if answers is None else f"In-Reply-To: <m{answers}@acme.example>\n"
    head = f"From: Jan <jan@acme.example>\nTo: support@ours.example\nMessage-ID: <m{number}@acme.example>\n"
    date = f"Date: Mon, 07 Jan 2030 09:0{number}:00 +0000\n"
    return f"{head}{date}{thread}Subject: {subject}\n\nWords {number}\n".encode()


async def _post(gateway: AsyncClient, mail: bytes) -> tuple[str, str]:
    """The outcome of a mail, and the key of its ticket."""
    answer = await gateway.post("/v1/emails", content=mail, headers=RAW)
    assert answer.is_success, answer.text
    return answer.json()["outcome"], answer.json()["ticket"]["key"]


async def test_it_goes_on_in_one_other_ticket(
    anna: AsyncClient, omar: AsyncClient, gateway: AsyncClient, database: Database
) -> None:
    _, first = await _post(gateway, _mail(1, "Down"))
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        answer = await act(who, first, step, **body)
        assert answer.is_success, answer.text
    await freeze_time(database, NINE + timedelta(days=30))
    outcome, second = await _post(gateway, _mail(2, "Re: Down", 1))
    assert (outcome, second != first) == ("opened", True)
    assert await _post(gateway, _mail(3, f"Re: [{first}] Down", 1)) == ("joined", second)
    (link,) = (await anna.get(f"/v1/tickets/{first}/links")).json()["items"]
    assert (link["ticket"], link["in_words"]) == (second, "goes on in")
    assert (await anna.get(f"/v1/tickets/{first}")).json()["state"] == "closed"
