"""Files are uploaded, used once by whom they are of, and fetched by whoever reads the message."""

from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.files.domain.upload import MAX_FILE_BYTES
from intake_support.tickets import event_types, open_ticket
from intake_support.uploads import PNG, stored_files, upload, uploaded

LOG = b"12:01 FATAL\n" * 1000


async def _reply(who: AsyncClient, key: str, *ids: str, **more: object) -> dict[str, object]:
    body = {"text": "See the file.", "attachments": list(ids)} | more
    answer = await who.post(f"/v1/tickets/{key}/replies", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_file_is_fetched_as_it_was_sent(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(jan)
    message = await _reply(jan, key, await uploaded(jan, LOG, "../../app.log", ticket=key))
    assert message["attachments"] == [
        {"number": 0, "name": "app.log", "media_type": "text/plain", "size": len(LOG)}
    ]
    for who in (jan, anna):
        got = await who.get(f"/v1/tickets/{key}/messages/{message['id']}/attachments/0")
        assert got.content == LOG
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"] == "attachment; filename*=utf-8''app.log"
        assert "sandbox" in got.headers["content-security-policy"]


async def test_a_form_may_carry_the_file(jan: AsyncClient) -> None:
    answer = await jan.post("/v1/attachments", files={"file": ("a/b.png", PNG, "image/png")})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["media_type"]) == ("b.png", "image/png")


async def test_only_pictures_are_shown_and_only_by_their_bytes(jan: AsyncClient) -> None:
    key = await open_ticket(jan)
    picture = await _reply(jan, key, await uploaded(jan, PNG, "a.png"))
    page = await _reply(jan, key, await uploaded(jan, b"<script>alert(1)</script>", "a.png"))
    path = f"/v1/tickets/{key}/messages"
    shown = await jan.get(f"{path}/{picture['id']}/attachments/0?inline=true")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline;")
    saved = await jan.get(f"{path}/{page['id']}/attachments/0?inline=true")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment;")


async def test_a_ticket_is_opened_with_files(
    jan: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    first, second = await uploaded(jan), await uploaded(jan, PNG, "a.png")
    headers = {"Idempotency-Key": "with-files"}
    body = {"title": "Down", "description": "It is down.", "attachments": [second, first]}
    answers = [await jan.post("/v1/tickets", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["key"] == answers[1].json()["key"]
    messages = (await anna.get(f"/v1/tickets/{answers[0].json()['key']}/messages")).json()["items"]
    assert [(one["text"], one["direction"]) for one in messages] == [("It is down.", "inbound")]
    assert [one["name"] for one in messages[0]["attachments"]] == ["a.png", "app.log"]
    assert await event_types(database) == ["opened"]


async def test_nobody_uses_the_file_of_another_or_twice(
    jan: AsyncClient, anna: AsyncClient, britta: AsyncClient
) -> None:
    key, other = await open_ticket(jan), await open_ticket(jan)
    mine, of_ticket = await uploaded(jan), await uploaded(jan, b"x", ticket=other)
    await _reply(jan, key, mine)
    theirs = await uploaded(britta)
    ids = [mine, theirs, of_ticket, "01890000-0000-7000-8000-000000000000"]
    for who in (jan, anna):
        refused = await who.post(
            f"/v1/tickets/{key}/replies", json={"text": "x", "attachments": ids}
        )
        assert refused.status_code == 422
        pointers = [one["pointer"] for one in refused.json()["errors"]]
        assert pointers == [f"/attachments/{index}" for index in range(4)]


async def test_what_is_refused_leaves_nothing(jan: AsyncClient, folder: Path) -> None:
    refusals = [
        await upload(jan, b""),
        await upload(jan, b"MZ\x90\0", "a.txt"),
        await upload(jan, b"x" * (MAX_FILE_BYTES + 20_000)),
        await jan.post("/v1/attachments", content=b"x"),
        await jan.post("/v1/attachments", files={"other": ("a", b"x")}),
        await jan.post(
            "/v1/attachments", content=b"x", headers={"Content-Type": "multipart/form-data"}
        ),
    ]
    assert [answer.status_code for answer in refusals] == [422, 422, 413, 422, 422, 400]
    assert stored_files(folder) == []


async def test_the_same_file_is_stored_once(
    jan: AsyncClient, britta: AsyncClient, folder: Path
) -> None:
    again = [await uploaded(jan, LOG), await uploaded(jan, LOG)]
    assert again[0] == again[1]
    assert await uploaded(britta, LOG) not in again
    assert len(stored_files(folder)) == 1


async def test_a_note_s_file_is_among_staff(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(jan)
    note = await _reply(anna, key, await uploaded(anna, ticket=key), visibility="internal")
    path = f"/v1/tickets/{key}/messages/{note['id']}/attachments/0"
    assert (await jan.get(path)).status_code == 404
    assert (await anna.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/v1/tickets/{}/attachments", "/v1/tickets/{}/replies"])
async def test_another_customer_s_ticket_does_not_exist(
    jan: AsyncClient, britta: AsyncClient, path: str
) -> None:
    answer = await britta.post(
        path.format(await open_ticket(jan)), params={"name": "a"}, content=b"x"
    )
    assert answer.status_code in {404, 415, 422}
    assert "acme" not in answer.text


async def test_a_storage_that_is_away_takes_nothing(
    jan: AsyncClient, blocked_folder: Path, database: Database
) -> None:
    answer = await upload(jan)
    assert answer.status_code == 503
    assert "Send it again" in answer.json()["detail"]
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM uploads")) == 0
    assert (await jan.get("/v1/tickets")).status_code == 200


async def test_a_file_goes_along_to_the_ticket_that_is_split_off(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(jan)
    message = await _reply(jan, key, await uploaded(jan, LOG))
    body = {"title": "A second thing", "messages": [message["id"]]}
    new = (await anna.post(f"/v1/tickets/{key}/split", json=body)).json()["key"]
    (copy,) = (await jan.get(f"/v1/tickets/{new}/messages")).json()["items"]
    for ticket, id in ((key, message["id"]), (new, copy["id"])):
        path = f"/v1/tickets/{ticket}/messages/{id}/attachments/0"
        assert (await jan.get(path)).content == LOG
