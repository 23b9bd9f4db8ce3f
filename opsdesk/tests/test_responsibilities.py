"""`opsdesk responsibilities`, `customers delivery-manager` and `services product-owner`: who answers for what."""

from typing import Any

import httpx
import pytest

from opsdesk_support.terminal import Terminal, page_of

DANA: dict[str, Any] = {
    "role": "dm",
    "subject": "acme",
    "person": "dana",
    "deputies": ["dora"],
    "changed_by": "gina",
    "changed_at": "2026-06-01T07:00:00Z",
}
PAVEL = DANA | {"role": "po", "subject": "billing", "person": "pavel", "deputies": []}


@pytest.mark.parametrize(
    ("line", "path", "answer", "body", "words"),
    [
        (
            "customers delivery-manager acme dana --deputy dora",
            "/v1/customers/acme/delivery-manager",
            DANA,
            {"person": "dana", "deputies": ["dora"]},
            "dana is the delivery manager of acme; dora stands in.",
        ),
        (
            "services product-owner billing pavel",
            "/v1/services/billing/product-owner",
            PAVEL,
            {"person": "pavel", "deputies": []},
            "pavel is the product owner of billing; nobody stands in.",
        ),
    ],
)
def test_who_answers_is_appointed_with_deputies(
    terminal: Terminal, line: str, path: str, answer: Any, body: Any, words: str
) -> None:
    """R5"""
    terminal.services.responses[f"PUT {path}"] = answer
    assert words in " ".join(terminal(*line.split()).split())
    assert terminal.services.requests == [("PUT", path, body)]


def test_everybody_who_answers_is_listed(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/responsibilities"] = page_of(DANA, PAVEL)
    output = terminal("responsibilities")
    for words in ("delivery manager", "acme", "dana", "dora", "product owner", "billing", "gina"):
        assert words in output


def test_a_deputy_without_the_role_is_named_as_they_were_typed(terminal: Terminal) -> None:
    detail = "anna is no delivery manager; give them the role dm first"
    body = {
        "type": "urn:opsdesk:error:invalid",
        "title": "This cannot be accepted",
        "detail": "Correct /person; /deputies/0 and send again.",
        "instance": "/v1/customers/acme/delivery-manager",
        "errors": [{"pointer": "/deputies/0", "code": "role_missing", "detail": detail}],
    }
    path = "PUT /v1/customers/acme/delivery-manager"
    terminal.services.responses[path] = httpx.Response(422, json=body)
    words = ("customers", "delivery-manager", "acme", "dana", "--deputy", "anna")
    output = terminal.fails(*words)
    assert "Correct PERSON; --deputy and send again." in output
    assert f"--deputy: {detail}" in output
