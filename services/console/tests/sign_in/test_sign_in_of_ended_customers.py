"""A contact of a customer who was ended is told so, at the sign-in and on every page."""

from fastapi import FastAPI

from common.auth.revoked import Revocations
from common.http import state_of
from console_support.browser import Browser
from console_support.issuer import FakeIssuer
from console_support.people import SignIn
from console_support.services import FakeServices, problem
from console_support.sign_in_steps import begin

WORDS = "Your organisation is no customer any more"


def _end_acme(app: FastAPI) -> None:
    ended = Revocations(ended_customers=frozenset({"acme"}))
    state_of(app).authenticator.set_revoked(ended)


async def test_who_is_signed_in_reads_nothing_any_more(
    app: FastAPI, sign_in: SignIn, services: FakeServices
) -> None:
    browser = await sign_in("jan")
    assert (await browser.open("/settings")).status == 200
    _end_acme(app)
    asked = len(services.seen)
    page = await browser.open("/tickets")
    assert (page.status, WORDS in page.text) == (403, True)
    assert len(services.seen) == asked, "no service is asked for them"
    assert (await (await sign_in("anna")).open("/settings")).status == 200


async def test_who_signs_in_is_told_so(app: FastAPI, browser: Browser, issuer: FakeIssuer) -> None:
    _end_acme(app)
    issuer.person = "jan"
    asked = await begin(browser)
    page = await browser.open(f"/signed-in?code={issuer.agree(asked)}&state={asked['state']}")
    assert (page.status, WORDS in page.text) == (403, True)
    assert "opsdesk" not in browser.client.cookies


async def test_what_a_service_heard_first_is_said_here_too(
    sign_in: SignIn, services: FakeServices
) -> None:
    refused = problem(403, "customer-ended", "No customer any more.", code="CUSTOMER_ENDED")
    for path in ("/v1/tickets", "/v1/queue"):
        services.say("intake", path, answer=refused)
    browser = await sign_in("jan")
    page = await browser.open("/tickets")
    assert (page.status, WORDS in page.text) == (403, True)
