"""Files go up and down piece by piece, and nothing that somebody sends becomes a page of ours."""

from collections.abc import AsyncIterator

import httpx
import pytest

from console_support.answers import MESSAGE, message, page_of, say_ticket
from console_support.browser import OWN, Page
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
FILES = "/v1/tickets/OPS-7/attachments"
REPLIES = "/v1/tickets/OPS-7/replies"
FILE = f"{HERE}/messages/{MESSAGE}/files/0"
STORED = f"/v1/tickets/OPS-7/messages/{MESSAGE}/attachments/0"
ID = "0190a000-0000-7000-8000-000000000f11"


async def test_a_reply_goes_with_its_files(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    services.say("intake", FILES, {"id": ID}, status=201, method="POST")
    services.say("intake", REPLIES, {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    content = b"\x00\xff" * 200_000
    done = await browser.send_files(page, f"{HERE}/reply", ("log ü.txt", content), text="Dear Jan")
    assert done.status == 303
    upload, reply = services.sent()
    assert (upload.query, upload.body) == ({"name": "log ü.txt"}, content)
    assert reply.body == {"text": "Dear Jan", "visibility": "public", "attachments": [ID]}


async def test_files_that_are_there_already_are_not_asked_for_again(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    services.say("intake", FILES, {"id": ID}, status=201, method="POST")
    services.say("intake", REPLIES, method="POST", answer=httpx.ReadTimeout("slow"))
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    again = await browser.send_files(page, f"{HERE}/note", ("log.txt", b"x"), text="Look")
    assert again.status == 503
    services.say("intake", REPLIES, {}, status=201, method="POST")
    await browser.send_files(again, f"{HERE}/note")
    first, second = [one for one in services.sent() if one.path == REPLIES]
    assert (
        first.body
        == second.body
        == {
            "text": "Look",
            "visibility": "internal",
            "attachments": [ID],
        }
    )
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len([one for one in services.sent() if one.path == FILES]) == 1


async def test_a_file_that_is_refused_stops_the_message(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    answer = problem(422, "invalid", "Files like this are not taken.")
    services.say("intake", FILES, method="POST", answer=answer)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    again = await browser.send_files(page, f"{HERE}/reply", ("x.exe", b"MZ"), text="Dear Jan")
    assert again.status == 422
    assert "Files like this are not taken." in again.main
    assert again.fields(f"{HERE}/reply")["text"] == "Dear Jan"
    assert [one.path for one in services.sent()] == [FILES]


async def test_a_form_with_files_of_another_site_is_not_taken(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(f"{HERE}/reply") | {"text": "x", "form": "guessed"}
    answer = await browser.client.post(f"{HERE}/reply", data=fields, files=[("files", ("a", b"b"))])
    assert answer.status_code == 403
    assert services.sent() == []


@pytest.mark.parametrize(
    ("given", "shown", "how"),
    [
        ("application/octet-stream", "application/octet-stream", "attachment"),
        ("text/html; charset=utf-8", "application/octet-stream", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("image/png", "image/png", "inline"),
    ],
)
async def test_only_pictures_are_shown(
    sign_in: SignIn, services: FakeServices, given: str, shown: str, how: str
) -> None:
    headers = {"content-type": given, "content-disposition": "inline; filename*=utf-8''e.png"}
    answer = httpx.Response(200, headers=headers, content=b"\x89PNG")
    services.say("intake", STORED, answer=answer)
    page = await (await sign_in("anna")).open(f"{FILE}?look=true")
    assert page.status == 200
    got = page.response.headers
    assert got["content-type"] == shown
    assert got["content-disposition"].startswith(how)
    assert got["content-security-policy"] == "default-src 'none'; sandbox"
    assert got["x-content-type-options"] == "nosniff"
    assert page.response.content == b"\x89PNG"
    assert services.seen[0].query == {"inline": "true"}


async def test_a_file_that_is_gone_is_a_page(sign_in: SignIn, services: FakeServices) -> None:
    page = await (await sign_in("anna")).open(FILE)
    assert page.status == 404
    assert "There is nothing here" in page.main


async def test_the_html_of_a_mail_can_do_nothing(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    evil = (
        '<p onclick="x()">Hello</p><script>x()</script><img src="https://evil.example/p.gif">'
        '<a href="javascript:x()">a</a><form action="https://evil.example"><input></form>'
    )
    services.say("intake", "/v1/tickets/OPS-7/messages", page_of(message("Hello", html=evil)))
    browser = await sign_in("anna")
    ticket = await browser.open(HERE)
    (link,) = ticket.tree.xpath("//a[contains(@href, '/formatted')]/@href")
    shown = await browser.open(link)
    (frame,) = shown.tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    assert "frame-src 'self'" in shown.response.headers["content-security-policy"]
    inside = await browser.open(frame.get("src"))
    assert "sandbox" in inside.response.headers["content-security-policy"]
    for word in ("script", "onclick", "evil.example", "javascript", "<form", "<img"):
        assert word not in inside.response.text.replace("<!doctype html>", ""), word
    assert "Hello" in inside.text


async def test_later_messages_are_on_the_next_page(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    many = page_of(message("The first ones.")) | {"next": "cursor-2"}
    services.say("intake", "/v1/tickets/OPS-7/messages", many)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    (link,) = page.tree.xpath("//a[text()='The later messages']/@href")
    await browser.open(link)
    asked = [one.query for one in services.seen if one.path.endswith("/messages")]
    assert asked[-1]["cursor"] == "cursor-2"


@pytest.mark.parametrize("as_contact", [False, True])
async def test_a_form_that_is_too_large_is_answered_by_a_page_that_says_what_to_do(
    sign_in: SignIn, services: FakeServices, as_contact: bool
) -> None:
    browser = await sign_in("jan" if as_contact else "anna")
    sent = [("files", ("huge.bin", b"x" * (27 * 1024 * 1024)))]
    answer = await browser.client.post(
        "/tickets/OPS-7/reply", data={"text": "Words"}, files=sent, headers=OWN
    )
    page = Page(answer)
    assert page.status == 413
    assert "A form may have 26 MB with its files." in page.main
    assert page.tree.xpath("//main//a[@class='button']/@href") == ["/tickets/OPS-7"]
    assert services.sent() == []


async def test_a_form_without_a_length_is_read_no_further_than_it_may_be(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser = await sign_in("anna")
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(60):
            taken += 1
            yield b"x" * (1024 * 1024)

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post("/tickets/OPS-7/note", content=pieces(), headers=OWN | form)
    assert answer.status_code == 413
    assert "too large" in Page(answer).main
    assert taken == 60, "a browser reads the page only once it has sent everything"


async def test_of_an_endless_form_no_more_is_thrown_away_than_so_much(sign_in: SignIn) -> None:
    browser = await sign_in("anna")
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * (8 * 1024 * 1024)

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post("/settings/choose", content=pieces(), headers=OWN | form)
    assert answer.status_code == 413
    assert taken < 30
