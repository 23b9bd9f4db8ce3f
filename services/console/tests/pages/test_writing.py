"""Writing on a ticket: nothing typed is lost, and nothing is sent twice or said wrongly."""

import httpx
import pytest

from console_support.answers import say_ticket
from console_support.browser import Browser
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
REPLIES = "/v1/tickets/OPS-7/replies"


@pytest.mark.parametrize(("kind", "visibility"), [("reply", "public"), ("note", "internal")])
async def test_a_reply_and_a_note_go_to_whom_they_are_for(
    sign_in: SignIn, services: FakeServices, kind: str, visibility: str
) -> None:
    say_ticket(services)
    services.say("intake", REPLIES, {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    answer = await browser.send(page, f"{HERE}/{kind}", text=" Dear Jan ")
    assert answer.status == 303
    assert answer.response.headers["location"].startswith(f"{HERE}?done={kind}")
    sent = services.sent()[0]
    assert sent.body == {"text": "Dear Jan", "visibility": visibility}
    assert sent.headers["if-match"] == '"7"'
    assert sent.headers["idempotency-key"] == page.fields(f"{HERE}/{kind}")["nonce"]


async def test_a_line_ends_as_it_was_written_and_not_as_browsers_send_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    services.say("intake", REPLIES, {}, status=201, method="POST")
    browser = await sign_in("anna")
    await browser.send(await browser.open(HERE), f"{HERE}/reply", text="Dear Jan\r\n\r\nBye")
    assert services.sent()[0].body["text"] == "Dear Jan\n\nBye"


async def test_the_two_forms_have_keys_of_their_own(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    page = await (await sign_in("anna")).open(HERE)
    assert page.fields(f"{HERE}/reply")["nonce"] != page.fields(f"{HERE}/note")["nonce"]


async def test_a_dead_service_says_not_sent_and_keeps_text_and_key(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    services.dead.add("intake")
    again = await browser.send(page, f"{HERE}/reply", text="Dear Jan")
    assert again.status == 503
    assert "Not sent" in again.main
    fields = again.fields(f"{HERE}/reply")
    assert fields["text"] == "Dear Jan"
    assert fields["nonce"] == page.fields(f"{HERE}/reply")["nonce"]


async def test_after_a_time_out_nobody_says_that_it_was_not_sent(
    sign_in: SignIn, services: FakeServices
) -> None:
    """And sent again it arrives once: under the same key."""
    say_ticket(services)
    services.say("intake", REPLIES, method="POST", answer=httpx.ReadTimeout("slow"))
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    again = await browser.send(page, f"{HERE}/reply", text="Dear Jan")
    assert again.status == 503
    assert "We cannot tell whether it was sent" in again.main
    assert "Not sent" not in again.main
    services.say("intake", REPLIES, {}, status=201, method="POST")
    done = await browser.send(again, f"{HERE}/reply")
    assert done.status == 303
    first, second = services.sent()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


async def test_a_text_that_was_changed_after_it_arrived_is_told_apart(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    refusal = problem(422, "idempotency-mismatch", "This key was used for another request.")
    services.say("intake", REPLIES, method="POST", answer=refusal)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    again = await browser.send(page, f"{HERE}/reply", text="Dear Jan, once more")
    assert "The first one has arrived" in again.main
    assert again.fields(f"{HERE}/reply")["nonce"] != page.fields(f"{HERE}/reply")["nonce"]


async def test_what_somebody_changed_meanwhile_is_shown_beside_what_it_was(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    say_ticket(services, state="resolved", assignee="omar")
    services.say("intake", "/v1/tickets/OPS-7", _present(services), etag='"8"')
    overtaken = problem(412, "precondition-failed", "It has changed since you read it.")
    services.say("intake", REPLIES, method="POST", answer=overtaken)
    again = await browser.send(page, f"{HERE}/reply", text="Dear Jan")
    assert again.status == 412
    assert "State: in progress → resolved" in again.main
    assert "Assigned to: anna → omar" in again.main
    fields = again.fields(f"{HERE}/reply")
    assert (fields["seen"], fields["text"]) == ('"8"', "Dear Jan")


async def test_a_refused_text_is_said_beside_its_field_and_in_the_summary(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    errors = [{"pointer": "/text", "code": "other_customer", "detail": "It names Brightwater."}]
    answer = problem(422, "invalid", "Correct /text and send again.", errors=errors)
    services.say("intake", REPLIES, method="POST", answer=answer)
    browser = await sign_in("anna")
    again = await browser.send(await browser.open(HERE), f"{HERE}/reply", text="Hello 100 %")
    assert again.status == 422
    assert again.tree.xpath("//*[@role='alert']//a[@href='#reply-text']/text()") == [
        "Something of another customer is in it."
    ]
    assert again.tree.xpath("//textarea[@id='reply-text']/@aria-invalid") == ["true"]
    assert "Something of another customer is in it." in "".join(
        again.tree.xpath("//*[@id='reply-text-wrong']")[0].itertext()
    )
    assert again.tree.xpath("//title/text()")[0].startswith("Error:")


async def test_an_empty_reply_does_not_leave_the_house(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    again = await browser.send(await browser.open(HERE), f"{HERE}/reply", text="  ")
    assert again.status == 422
    assert "Write something first." in again.main
    assert services.sent() == []


async def test_a_form_of_another_site_is_not_taken(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(f"{HERE}/reply") | {"text": "Dear Jan"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        page = await browser.post(f"{HERE}/reply", fields, **headers)
        assert page.status == 403
    page = await browser.post(f"{HERE}/reply", fields | {"form": "guessed"})
    assert page.status == 403
    assert services.sent() == []


async def test_what_was_typed_outlives_the_session(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    services.say(
        "intake", REPLIES, method="POST", answer=problem(401, "unauthenticated", "Expired.")
    )
    again = await browser.send(page, f"{HERE}/reply", text="Dear Jan, a long text")
    assert again.status == 401
    assert "Dear Jan, a long text" in again.main
    assert again.tree.xpath("//a[contains(@href, '/sign-in?then=%2Ftickets%2FOPS-7')]")


def _present(services: FakeServices) -> object:
    answer = services.answers["intake", "GET", "/v1/tickets/OPS-7"]
    assert isinstance(answer, httpx.Response)
    return answer.json()


async def test_a_script_whose_session_has_ended_is_not_led_to_another_site(
    browser: Browser,
) -> None:
    for mode, status in (("navigate", 303), ("cors", 401), ("no-cors", 401)):
        page = await browser.open(f"{HERE}/parts/facts", **{"sec-fetch-mode": mode})
        assert page.status == status
