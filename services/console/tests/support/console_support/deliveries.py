"""Answers about products, versions and what of them runs where."""

from typing import Any

from console_support.answers import page_of
from console_support.services import FakeServices

PRODUCT = {"key": "billing", "name": "Billing", "versions": 7}
DIGEST = "sha256:" + "9f3c" * 16
VERSION: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000f7",
    "product": "billing",
    "name": "2.4.2",
    "digest": DIGEST,
    "contains": ["0190a000-0000-7000-8000-0000000000ec"],
    "changes": ["EMC-2"],
    "ordinal": 7,
    "registered_by": "pipeline",
    "registered_at": "2026-03-01T06:00:00Z",
    "checks": [
        {
            "kind": "regression_test",
            "result": "passed",
            "at": "2026-03-01T06:10:00Z",
            "evidence": "https://ci.meridian.example/run/7",
        },
        {
            "kind": "licences",
            "result": "failed",
            "at": "2026-03-01T06:12:00Z",
            "evidence": "javascript:alert(1)",
        },
    ],
}
COMING: dict[str, Any] = {
    "key": "DEL-4",
    "version": "2.4.2",
    "state": "in_review",
    "requested_by": "pavel",
    "requested_at": "2026-03-02T07:00:00Z",
}
HOLD = {"follow_up": "FUP-3", "version": "2.4.3", "state": "open"}


def cell(product: str, **changed: Any) -> dict[str, Any]:
    """A product of which nothing runs and nothing is on its way, but for what is said."""
    runs: dict[str, Any] = {"digest": None, "version": None, "delivered_at": None}
    return {"product": product, **runs, "deliveries": [], "holds": [], **changed}


def row(environment: str, *cells: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An environment of Acme in which nothing stands in the way, but for what is said."""
    facts = {
        "environment": environment,
        "customer": "acme",
        "tier": "production" if environment.endswith("prod") else "staging",
        "state": "compliant",
        "debt_due_at": None,
        "debt": None,
        "drift": None,
        "blockers": [],
        "cells": list(cells),
    }
    return facts | changed


MATRIX = (
    row(
        "acme-prod",
        cell(
            "billing",
            digest=DIGEST,
            version="2.4.2",
            delivered_at="2026-03-01T22:10:00Z",
            deliveries=[COMING],
        ),
        cell("portal", digest="sha256:77aa"),
        state="in_debt",
        debt_due_at="2026-03-03T03:00:00Z",
        debt={"change": "EMC-2", "due_at": "2026-03-03T03:00:00Z"},
        drift={"product": "portal", "digest": "sha256:dead"},
        blockers=["OPS-7"],
    ),
    row("acme-staging", cell("billing", holds=[HOLD])),
)


def say_deliveries(services: FakeServices) -> None:
    services.say("delivery-gate", "/v1/products", page_of(PRODUCT))
    services.say("delivery-gate", "/v1/versions", page_of(VERSION))
    services.say("delivery-gate", "/v1/versions/billing:2.4.2", VERSION)
    services.say("delivery-gate", "/v1/delivery-matrix", page_of(*MATRIX))
