"""A ticket in other systems: links, and conflicts that a person decides."""

from console_support.desk import CONFLICT_ID, LINK_ID, LINKED
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices

HERE = "/tickets/OPS-7"


async def test_linked_tickets_in_conflict_are_decided(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Both sides changed a value: a person says whose holds there."""
    say_everything(services)
    here = f"{HERE}/linked-tickets"
    path = f"/v1/linked-tickets/{LINK_ID}/conflicts/{CONFLICT_ID}/decide"
    services.say("intake", path, LINKED, method="POST")
    services.say("intake", f"/v1/linked-tickets/{LINK_ID}/retry", LINKED, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(here)
    assert "here it would be “Highest” in their words, there it is “Low”" in page.main
    assert "1 was refused there" in page.main
    done = await browser.send(page, f"{here}/decide", decision="ours")
    assert done.response.headers["location"] == f"{here}?done=decide"
    assert services.sent()[0].body == {"decision": "ours"}
    await browser.send(page, f"{here}/retry")
    assert services.sent()[1].path == f"/v1/linked-tickets/{LINK_ID}/retry"


async def test_a_ticket_is_linked_and_a_link_is_ended(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    here = f"{HERE}/linked-tickets"
    services.say("intake", f"/v1{here}", LINKED, status=201, method="POST")
    services.say("intake", f"/v1/linked-tickets/{LINK_ID}/unlink", LINKED, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(here)
    await browser.send(page, f"{here}/link-system", system="acme-jira")
    assert services.sent()[0].body == {"system": "acme-jira"}
    empty = await browser.send(page, f"{here}/end-link")
    assert empty.status == 422
    await browser.send(page, f"{here}/end-link", reason="Moved away.")
    assert services.sent()[1].body == {"reason": "Moved away."}


async def test_a_conflict_that_is_decided_asks_for_nothing(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    decided = {"decision": "theirs", "decided_by": "anna", "reason": "They know."}
    decided |= {"decided_at": "2026-03-02T08:10:00Z"}
    conflicts = [LINKED["conflicts"][0] | decided]
    gone = LINKED | {"conflicts": conflicts, "state": "ended"}
    services.say("intake", f"/v1{HERE}/linked-tickets", {"items": [gone]})
    page = await (await sign_in("anna")).open(f"{HERE}/linked-tickets")
    assert "Priority: theirs, Anna de Vries" in page.main
    actions = [one.get("action") for one in page.tree.xpath("//main//form")]
    assert actions == [f"{HERE}/linked-tickets/link-system"]


async def test_a_link_of_a_ticket_that_was_merged_says_so(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(f"{HERE}/linked-tickets")
    assert "merged into this one" not in page.main
    theirs = LINKED | {"ticket": "OPS-3"}
    services.say("intake", f"/v1{HERE}/linked-tickets", {"items": [theirs]})
    page = await (await sign_in("anna")).open(f"{HERE}/linked-tickets")
    assert "Of OPS-3, which was merged into this one." in page.main
