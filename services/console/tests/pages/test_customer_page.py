"""The page of a customer says who leaves, and who has left."""

from typing import Any

import pytest

from console_support.changes import CUSTOMER
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices

LEAVES, LEFT = "the end waits for another person", "has left"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"end_asked_by": "anna"}, [LEAVES]),
        ({"end_asked_by": "anna", "retired": True}, [LEFT]),
    ],
)
async def test_a_customer_who_leaves_or_has_left_is_marked(
    sign_in: SignIn, services: FakeServices, changed: dict[str, Any], words: list[str]
) -> None:
    say_everything(services)
    services.say("intake", "/v1/customers/acme", CUSTOMER | changed)
    browser = await sign_in("theo")
    shown = (await browser.open("/customers/acme")).main
    assert [one for one in (LEAVES, LEFT) if one in shown] == words
