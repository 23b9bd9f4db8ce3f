"""Refusing to sign an agreement, for our side and as the customer's contact."""

from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import AGREEMENT_ID
from console_support.services import FakeServices


async def test_whoever_refuses_to_sign_says_why(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    path, action = f"/v1/agreements/{AGREEMENT_ID}/decline", f"/agreements/{AGREEMENT_ID}/decline"
    services.say("sla", path, {"state": "draft"}, method="POST")
    for sub, after in (("gina", f"/agreements/{AGREEMENT_ID}"), ("jan", "/agreements")):
        browser = await sign_in(sub)
        page = await browser.open(f"/agreements/{AGREEMENT_ID}")
        without = await browser.send(page, action, reason=" ")
        assert without.status == 422
        done = await browser.send(without, action, reason="Four hours is too long")
        assert done.response.headers["location"] == f"{after}?done=decline"
        assert services.sent()[-1].body == {"reason": "Four hours is too long"}
        assert services.sent()[-1].headers["if-match"] == '"2"'
        assert "You have refused to sign it" in (await browser.open(f"{after}?done=decline")).main
    assert len(services.sent()) == 2
