"""A delivery is asked for by a form: with the registered digest, once, and with what lacks said at its field."""

import pytest

from console_support.answers import page_of
from console_support.changes import ENVIRONMENT
from console_support.deliveries import DIGEST, VERSION
from console_support.everything import DELIVERY, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

NEW = "/deliveries/new"
HERE = f"{NEW}?product=billing&version=2.4.2"
PLAN, MANUAL = "https://wiki.example/plan", "https://wiki.example/manual"
READY = {"environment": "acme-prod", "rollback_plan": PLAN, "documentation": MANUAL}


async def test_a_delivery_is_asked_for_with_the_registered_digest_and_arrives_once(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("delivery-gate", "/v1/deliveries", {"key": "DEL-9"}, method="POST", status=201)
    browser = await sign_in("pavel")
    page = await browser.open(HERE)
    assert page.tree.xpath("string(//dd[@id='new-digest'])") == DIGEST
    done = await browser.send(page, NEW, **READY)
    assert done.response.headers["location"] == "/deliveries/DEL-9?done=create"
    (sent,) = services.sent()
    assert sent.headers["idempotency-key"] == page.fields(NEW)["nonce"]
    assert sent.body == {
        "product": "billing",
        "version": "2.4.2",
        "digest": DIGEST,
        "environment": "acme-prod",
        "lifecycle": "standard",
        "readiness": {"rollback_plan": PLAN, "documentation": MANUAL},
    }


async def test_product_and_version_are_chosen_one_after_the_other(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("dana")
    first = await browser.open(f"{NEW}?environment=acme-prod")
    choosing = first.tree.xpath(f"//main//form[@action='{NEW}']")
    assert [one.get("method") for one in choosing] == [None]
    assert choosing[0].xpath(".//select/@name") == ["product"]
    second = await browser.open(f"{NEW}?environment=acme-prod&product=billing")
    assert second.tree.xpath("//select[@name='version']/option/text()") == ["2.4.2"]
    third = await browser.open(f"{HERE}&environment=acme-prod")
    assert third.tree.xpath("//select[@name='environment']/option[@selected]/@value") == [
        "acme-prod"
    ]


async def test_what_lacks_is_said_at_its_field_before_anything_is_on_record(
    sign_in: SignIn, services: FakeServices
) -> None:
    """A refusal holds the version everywhere: a forgotten proof is no reason for one."""
    say_everything(services)
    browser = await sign_in("pavel")
    page = await browser.open(HERE)
    nowhere = await browser.send(page, NEW)
    assert (nowhere.status, services.sent()) == (422, [])
    assert nowhere.tree.xpath("//select[@id='new-environment']/@aria-invalid") == ["true"]
    typed = {"environment": "acme-prod", "rollback_plan": "see the wiki"}
    again = await browser.send(nowhere, NEW, **typed)
    wrong = "string(//p[@id='new-{}-wrong'])"
    assert "This is needed." in again.tree.xpath(wrong.format("documentation"))
    assert "https://" in again.tree.xpath(wrong.format("rollback_plan"))
    assert again.tree.xpath("//title/text()")[0].startswith("Error:")
    assert "Documentation: This is needed." in again.tree.xpath("string(//*[@role='alert'])")
    drawn = again.fields(NEW)
    assert {name: drawn[name] for name in typed} == typed
    assert drawn["nonce"] == page.fields(NEW)["nonce"]
    assert services.sent() == []


async def test_an_environment_whose_tier_asks_for_nothing_needs_no_proof(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    staging = ENVIRONMENT | {"key": "acme-staging", "tier": "staging"}
    services.say("delivery-gate", "/v1/environments", page_of(staging))
    services.say("delivery-gate", "/v1/deliveries", {"key": "DEL-9"}, method="POST", status=201)
    browser = await sign_in("pavel")
    done = await browser.send(await browser.open(HERE), NEW, environment="acme-staging")
    assert done.status == 303
    assert services.sent()[0].body["readiness"] == {}


async def test_what_the_gate_does_not_take_stands_at_its_field(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    errors = [{"pointer": "/environment", "code": "unknown_reference", "detail": "There is none."}]
    answer = problem(422, "validation-failed", "Look at the fields.", errors=errors)
    services.say("delivery-gate", "/v1/deliveries", method="POST", answer=answer)
    browser = await sign_in("pavel")
    again = await browser.send(await browser.open(HERE), NEW, **READY)
    assert again.status == 422
    assert "This is not known here." in again.tree.xpath("string(//p[@id='new-environment-wrong'])")
    assert again.fields(NEW)["rollback_plan"] == PLAN


async def test_a_request_that_may_have_arrived_is_sent_again_under_its_key(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    unknown = problem(503, "outcome-unknown", "Nobody knows.")
    services.say("delivery-gate", "/v1/deliveries", method="POST", answer=unknown)
    browser = await sign_in("pavel")
    again = await browser.send(await browser.open(HERE), NEW, **READY)
    assert "We cannot tell whether it was sent" in again.main
    await browser.send(again, NEW)
    first, second = services.sent()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


async def test_who_may_not_ask_is_told_who_may(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    browser = await sign_in("omar")
    page = await browser.open(HERE)
    assert "Who may: delivery manager, product owner." in page.main
    assert page.tree.xpath(f"//form[@action='{NEW}']") == []
    for path in ("/deliveries", "/versions/billing:2.4.2", "/environments/acme-prod"):
        link = f"//main//a[starts-with(@href, '{NEW}')]"
        assert (await browser.open(path)).tree.xpath(link) == [], path
    asker = await sign_in("pavel")
    for path in ("/deliveries", "/versions/billing:2.4.2", "/environments/acme-prod"):
        assert len((await asker.open(path)).tree.xpath(link)) == 1, path


async def test_what_is_not_registered_is_not_asked_for_and_what_is_held_is_said(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("pavel")
    unknown = await browser.open(f"{NEW}?product=billing&version=9")
    assert "billing 9 is not registered" in unknown.main
    assert unknown.tree.xpath(f"//form[@action='{NEW}'][@method='post']") == []
    services.say("delivery-gate", "/v1/versions/billing:2.4.2", {}, status=503)
    missing = await browser.open(HERE)
    assert "The version cannot be shown" in missing.main
    assert "is not registered" not in missing.main
    services.say("delivery-gate", "/v1/versions/billing:2.4.2", VERSION)
    assert "would be refused, until these are confirmed: FUP-3" in (await browser.open(HERE)).main


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("accepted", "people may approve it now"),
        ("refused", "was refused at once"),
        ("deferred", "waits for what is missing"),
    ],
)
async def test_the_verdict_is_what_one_sees_next(
    sign_in: SignIn, services: FakeServices, outcome: str, words: str
) -> None:
    say_everything(services)
    verdict = {"outcome": outcome, "reasons": [], "follow_ups": [], "criteria_version": 12}
    verdict |= {"decided_by": "pavel", "decided_at": "2026-03-02T08:30:00Z"}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", DELIVERY | {"verdict": verdict})
    page = await (await sign_in("pavel")).open("/deliveries/DEL-4?done=create")
    assert words in page.tree.xpath("string(//*[@role='status'])")
