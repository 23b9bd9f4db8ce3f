"""What helps to write a reply: what may help with the ticket, templates, and the check before sending (R11)."""

from typing import Any

import httpx
import pytest

from console_support.answers import say_ticket
from console_support.browser import OWN
from console_support.desk import say_desk
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
REPLY = f"{HERE}/reply"
CHECK = "/v1/messages/check"
DRAFT = f"/v1{HERE}/messages/draft"
REPLIES = f"/v1{HERE}/replies"
SOFT = {
    "code": "blunt_word",
    "severity": "soft",
    "quote": "obviously",
    "detail": "Say it otherwise.",
}
HARD = {
    "code": "unfilled_placeholder",
    "severity": "hard",
    "quote": "{{name}}",
    "detail": "Fill it in.",
}


def say_found(services: FakeServices, *findings: dict[str, Any]) -> None:
    say_ticket(services)
    may = not any(one["severity"] == "hard" for one in findings)
    found = {"findings": list(findings), "may_be_sent": may}
    found |= {"language": "nl", "detected_language": "nl"}
    services.say("intake", CHECK, found, method="POST")
    services.say("intake", REPLIES, {}, status=201, method="POST")


async def test_what_may_help_is_asked_for_after_the_page(
    sign_in: SignIn, services: FakeServices
) -> None:
    """The page asks for no more than before, and has a link for whoever has no scripts."""
    say_ticket(services)
    say_desk(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    assert len(services.seen) == 5
    part = page.tree.xpath("//section[@id='part-help']")[0]
    assert part.get("data-part") == f"{HERE}/parts/help"
    assert part.get("data-later") is not None
    assert part.xpath(".//a/@href") == [f"{HERE}/help"]
    for path in (f"{HERE}/help", f"{HERE}/parts/help"):
        found = await browser.open(path)
        help_part = found.tree.xpath("//section[@id='part-help']")[0]
        words = " ".join(help_part.text_content().split())
        assert "OPS-3 The scheduler stops" in words
        assert "Restart the scheduler." in words
        assert help_part.xpath(".//a/@href") == ["/tickets/OPS-3", "/articles/KB-1"]
        assert help_part.get("data-part") is None, "it is not asked for again and again"
    contact = await (await sign_in("jan")).open(HERE)
    assert contact.tree.xpath("//section[@id='part-help']") == []


async def test_what_may_help_says_that_it_is_missing_and_is_asked_for_again(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    services.dead.add("intake")
    found = await (await sign_in("anna")).open(f"{HERE}/parts/help")
    part = found.tree.xpath("//section[@id='part-help']")[0]
    assert part.get("data-part") == f"{HERE}/parts/help"
    assert part.xpath(".//*[@data-missing]")
    say_desk(services)
    services.dead.clear()
    services.say("intake", f"/v1{HERE}/suggestions", {"known_errors": []})
    services.say("intake", f"/v1{HERE}/suggested-articles", {"items": [], "next": None})
    assert "Nothing like it is known." in (await (await sign_in("anna")).open(f"{HERE}/help")).main


async def test_a_check_shows_what_is_hard_and_what_is_soft_and_sends_nothing(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_found(services, SOFT, HARD)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    fields = page.fields(REPLY) | {"text": "Obviously, {{name}}"}
    found = await browser.post(f"{REPLY}/check", fields)
    assert found.status == 200
    assert services.sent() == []
    assert services.asked(CHECK)[0].body == {"ticket": "OPS-7", "text": "Obviously, {{name}}"}
    lines = [
        " ".join(one.text_content().split()) for one in found.tree.xpath("//form[@id='reply']//li")
    ]
    assert lines[0].startswith("✕ must be corrected:")
    assert "{{name}}" in lines[0]
    assert lines[1].startswith("▲ worth a look:")
    assert "obviously" in lines[1]
    assert found.fields(REPLY)["text"] == "Obviously, {{name}}"
    assert found.fields(REPLY)["nonce"] == page.fields(REPLY)["nonce"]


async def test_a_check_that_finds_nothing_says_so(sign_in: SignIn, services: FakeServices) -> None:
    say_found(services)
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(REPLY)
    found = await browser.post(f"{REPLY}/check", fields | {"text": "Beste Jan"})
    assert "Nothing was found in it: it can be sent." in found.main
    empty = await browser.post(f"{REPLY}/check", fields | {"text": " "})
    assert empty.status == 422
    assert len(services.asked(CHECK)) == 1


async def test_soft_findings_are_shown_before_sending_and_it_can_be_sent_all_the_same(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_found(services, SOFT)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    shown = await browser.send(page, REPLY, text="Obviously")
    assert shown.status == 422
    assert services.sent() == []
    assert "Not sent yet: look at this first" in shown.main
    button = shown.tree.xpath("//form[@id='reply']//button[not(@formaction)]")[0]
    assert button.text_content() == "Send it all the same"
    done = await browser.send(shown, REPLY)
    assert done.status == 303
    assert services.sent()[0].body == {"text": "Obviously", "visibility": "public"}
    assert len(services.asked(CHECK)) == 1, "what was seen is not asked for again"


async def test_another_text_is_looked_at_again(sign_in: SignIn, services: FakeServices) -> None:
    say_found(services, SOFT)
    browser = await sign_in("anna")
    shown = await browser.send(await browser.open(HERE), REPLY, text="Obviously")
    again = await browser.send(shown, REPLY, text="Obviously not")
    assert again.status == 422
    assert services.sent() == []


async def test_hard_findings_stop_a_reply(sign_in: SignIn, services: FakeServices) -> None:
    say_found(services, HARD)
    browser = await sign_in("anna")
    shown = await browser.send(await browser.open(HERE), REPLY, text="{{name}}")
    assert shown.status == 422
    assert "It cannot be sent as it is" in shown.main
    assert "Send it all the same" not in shown.main
    assert services.sent() == []


@pytest.mark.parametrize("kind", ["reply", "note"])
async def test_nobody_checks_what_is_no_reply_of_ours(
    sign_in: SignIn, services: FakeServices, kind: str
) -> None:
    """A contact's own words, and a note among us."""
    say_found(services, SOFT)
    browser = await sign_in("jan" if kind == "reply" else "anna")
    done = await browser.send(await browser.open(HERE), f"{HERE}/{kind}", text="Obviously")
    assert done.status == 303
    assert services.asked(CHECK) == []


async def test_a_check_without_an_answer_has_sent_nothing_and_stops_no_reply(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Whether a text may leave is intake's to say: the check before it is advice."""
    say_found(services)
    services.say("intake", CHECK, method="POST", answer=httpx.ReadTimeout("slow"))
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    fields = page.fields(REPLY) | {"text": "Dear Jan"}
    shown = await browser.post(f"{REPLY}/check", fields)
    assert shown.status == 503
    assert "Not sent" in shown.main
    assert services.sent() == []
    assert shown.fields(REPLY)["text"] == "Dear Jan"
    assert (await browser.send(shown, REPLY)).status == 303
    assert len(services.sent()) == 1


async def test_what_intake_does_not_check_is_sent_on(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Whether a text is sent is intake's to say: a refused check refuses no reply."""
    say_found(services)
    services.say("intake", CHECK, method="POST", answer=problem(403, "forbidden", "Not yours."))
    browser = await sign_in("anna")
    assert (await browser.send(await browser.open(HERE), REPLY, text="Dear Jan")).status == 303


async def test_a_template_is_chosen_and_filled_in_below_what_was_typed(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_found(services)
    say_desk(services)
    draft = {"template": "first-reply", "version": 1, "language": "nl", "text": "Beste {{name}}"}
    missing = [{"name": "name", "detail": "Who it is for."}]
    services.say("intake", DRAFT, draft | {"missing": missing, "findings": [HARD]}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    choose = await browser.post(f"{REPLY}/template", page.fields(REPLY) | {"text": "Hello"})
    assert choose.status == 200
    buttons = choose.tree.xpath("//main//button[@name='template']")
    assert [one.get("value") for one in buttons] == ["first-reply"]
    assert buttons[0].text_content() == "We look into it"
    assert "Dutch" in choose.main
    filled = await browser.send(choose, f"{REPLY}/template", template="first-reply")
    assert services.asked(DRAFT)[0].body == {"template": "first-reply"}
    assert filled.fields(REPLY)["text"] == "Hello\n\nBeste {{name}}"
    assert filled.fields(REPLY)["nonce"] == page.fields(REPLY)["nonce"]
    assert "must be corrected" in filled.main
    assert services.sent() == []


async def test_a_file_that_was_chosen_is_kept_while_a_reply_is_checked(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_found(services, SOFT)
    services.say("intake", f"/v1{HERE}/attachments", {"id": "f1"}, status=201, method="POST")
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(REPLY) | {"text": "Obviously"}
    chosen = [("files", ("log.txt", b"x"))]
    answer = await browser.client.post(f"{REPLY}/check", data=fields, files=chosen, headers=OWN)
    assert answer.status_code == 200
    assert 'name="attached.f1" value="log.txt" checked' in answer.text


async def test_who_wants_no_template_after_all_goes_on_with_what_was_typed(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    say_desk(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    typed = page.fields(REPLY) | {"text": "Hello Jan"}
    choose = await browser.post(f"{REPLY}/template", typed)
    (button,) = choose.tree.xpath("//main//button[not(@name)]/@formaction")
    back = await browser.post(button, choose.fields(f"{REPLY}/template"))
    assert back.status == 200
    assert back.fields(REPLY)["text"] == "Hello Jan"
    assert back.fields(REPLY)["nonce"] == page.fields(REPLY)["nonce"]
    assert services.sent() == []
