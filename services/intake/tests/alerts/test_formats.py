"""The formats of monitors, from samples of each: `samples/formats.json`."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import AsyncClient

from common.domain import Rejection
from common.persistence.ids import uuid7
from intake.alerts.domain.alert import Alert, AlertBatch, PostContext
from intake.alerts.domain.formats import FORMATS, read_post
from intake_support.alerts import NINE, firing, notes_of, ticket_of

SAMPLES: Final = json.loads(
    (Path(__file__).parent / "samples" / "formats.json").read_text(encoding="utf-8")
)["formats"]
NAMES: Final = {
    "alertmanager": "alertmanager_webhook_v4",
    "grafana": "grafana_alerting_webhook",
    "datadog": "datadog_webhook",
    "splunk": "splunk_webhook_alert_action",
    "newrelic": "newrelic_workflow_webhook",
    "pagerduty": "pagerduty_events_v2",
    "opsgenie": "opsgenie_create_alert",
}
DATADOG: Final = {
    "format": "datadog",
    "cycle_key": "7512345678901234567",
    "alert_id": "1234",
    "scope": "customer:acme,env:prod,host:web-1",
    "transition": "Triggered",
    "priority": "P2",
    "title": "[P2] [Triggered on {host:web-1}] Checkout p99",
    "body": "p99 over 2 s",
    "tags": "customer:acme,env:prod,service:checkout",
    "date": "1893487800000",
    "org": {"id": "1", "name": "Ops"},
}
NEWRELIC: Final = {
    "id": "0ea2df1c-adab-45d2-aae0-042b609d2322",
    "issueUrl": "https://newrelic.example.net/1",
    "title": ["Memory used over 90%"],
    "priority": "HIGH",
    "state": "CREATED",
    "isCorrelated": "false",
    "createdAt": 1893487800000,
    "customer": ["acme"],
    "environment": ["acme-prod"],
}
SPLUNK_ROW: Final = {
    "customer": "acme",
    "env": "prod",
    "severity": "high",
    "_time": "1893487800",
}
SPLUNK: Final = {
    "result": SPLUNK_ROW,
    "sid": "scheduler__admin__search__RMD5abc_at_1893487800_132",
    "results_link": "https://splunk.example.net/app/search/@go?sid=1",
    "search_name": None,
    "owner": "admin",
    "app": "search",
}
PAGERDUTY: Final = {
    "routing_key": "0123456789abcdef0123456789abcdef",
    "event_action": "trigger",
    "dedup_key": "acme/checkout/p99",
    "payload": {
        "summary": "Checkout p99 over 2s",
        "source": "web-1",
        "severity": "error",
        "timestamp": "2030-01-07T08:30:00.326+0000",
        "custom_details": {"customer": "acme", "environment": "acme-prod"},
    },
}
OPSGENIE: Final = {
    "message": "Checkout p99 over 2s",
    "alias": "acme-checkout-p99",
    "tags": ["customer:acme", "env:prod"],
    "details": {"service": "billing"},
    "priority": "P1",
}


def read(source: str, body: Any, address: str = "") -> Alert:
    batch = read_post(source, body, PostContext(uuid7(), NINE, address))
    assert isinstance(batch, AlertBatch), batch
    return batch.alerts[0]


def test_each_sample_has_its_format() -> None:
    assert {one["format"] for one in SAMPLES} == set(NAMES.values())
    assert {name for one in FORMATS for name in one.names} == {*NAMES, *NAMES.values()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one["format"])
@pytest.mark.parametrize("address", ["named", "unnamed"])
def test_a_sample_is_read_as_expected(sample: dict[str, Any], address: str) -> None:
    """At its own address, and recognised by its looks at another."""
    for one in sample["samples"]:
        source = sample["format"] if address == "named" else "somewhere"
        batch = read_post(source, one["payload"], PostContext(uuid7(), NINE))
        assert isinstance(batch, AlertBatch), batch
        for alert, expected in zip(batch.alerts, one["expect"], strict=True):
            assert alert.status == "firing"
            action, _, key = expected.partition(" ")
            assert action.rstrip(",") == "trigger"
            if sample["format"] == "datadog_webhook":
                assert alert.dedup_key == "Checkout p99/123456"
                assert alert.severity == "P1"
                assert "Install the webhook template" in " ".join(alert.remarks)
            else:
                assert alert.dedup_key == key


@pytest.mark.parametrize(
    ("transition", "status"),
    [
        ("Triggered", "firing"),
        ("Re-Triggered", "firing"),
        ("Warn", "firing"),
        ("No Data", "firing"),
        ("Recovered", "ended"),
        ("Muted", "acknowledged"),
        ("", "firing"),
        ("Sideways", "firing"),
    ],
)
def test_a_transition_of_datadog(transition: str, status: str) -> None:
    alert = read("datadog", DATADOG | {"transition": transition, "title": "Checkout p99"})
    assert (alert.status, alert.dedup_key) == (status, DATADOG["cycle_key"])
    assert (alert.customer, alert.environment, alert.service) == ("acme", "prod", "checkout")
    assert bool(alert.remarks) is (transition == "Sideways")


def test_datadog_s_default_body_ends_by_its_title() -> None:
    """Its own `id` is another one in every post."""
    given = {"event_type": "metric_alert_monitor", "org": {"id": "1"}, "body": "b"}
    first = read("datadog", given | {"id": "1", "title": "[P1] [Triggered on {host:a}] Checkout"})
    last = read("datadog", given | {"id": "2", "title": "[P1] [Recovered on {host:a}] Checkout"})
    assert (first.status, last.status) == ("firing", "ended")
    assert first.dedup_key == last.dedup_key == "Checkout/1"


@pytest.mark.parametrize(
    ("state", "status"),
    [("CREATED", "firing"), ("ACKNOWLEDGED", "acknowledged"), ("CLOSED", "ended")],
)
def test_a_state_of_new_relic(state: str, status: str) -> None:
    alert = read("newrelic", NEWRELIC | {"state": state})
    assert (alert.status, alert.title, alert.customer) == (status, "Memory used over 90%", "acme")
    assert alert.started_at


def test_a_search_of_splunk_is_recognised_although_each_run_has_another_sid() -> None:
    other = SPLUNK | {"sid": "scheduler__admin__search__RMD5abc_at_1893491400_7"}
    first, second = read("splunk", SPLUNK), read("splunk", other)
    assert first.dedup_key == second.dedup_key == "search/admin/RMD5abc/acme/prod"
    assert (first.severity, first.needs_quiet) == ("high", True)
    ended = read("splunk", SPLUNK | {"result": {"customer": "acme", "alert_status": "resolved"}})
    assert ended.status == "ended"


def test_a_trigger_of_pagerduty_without_key_is_a_new_alert() -> None:
    body = {name: value for name, value in PAGERDUTY.items() if name != "dedup_key"}
    first, second = read("pagerduty", body), read("pagerduty", body)
    assert first.dedup_key != second.dedup_key
    assert first.group_key == second.group_key
    end = read_post("pagerduty", body | {"event_action": "resolve"}, PostContext(uuid7(), NINE))
    assert isinstance(end, Rejection)


ENDS: Final = [
    ("datadog", DATADOG, {"transition": "Recovered"}),
    ("newrelic", NEWRELIC, {"state": "CLOSED"}),
    ("pagerduty", PAGERDUTY, {"event_action": "resolve"}),
    ("splunk", SPLUNK, {"result": SPLUNK_ROW | {"alert_status": "resolved"}}),
    ("opsgenie", OPSGENIE, {"action": "close"}),
]


@pytest.mark.parametrize(("source", "body", "end"), ENDS, ids=lambda one: str(one)[:12])
async def test_an_alert_of_each_source_from_start_to_end(
    source: str,
    body: dict[str, Any],
    end: dict[str, Any],
    monitor: AsyncClient,
    anna: AsyncClient,
) -> None:
    path = f"/v1/alerts/{source}"
    effects = []
    for given in (body, body, body | end, body | end, body):
        answer = await monitor.post(path, json=given)
        assert answer.status_code == 200, answer.text
        (one,) = answer.json()["alerts"]
        effects.append(one["effect"])
    assert effects == ["raised", "duplicate", "resolved", "duplicate", "raised"]
    ticket = await ticket_of(anna, one["ticket"])
    assert (ticket["customer"], ticket["environment"]) == ("acme", "acme-prod")
    assert len(await firing(anna)) == 1


async def test_keys_of_pagerduty_belong_to_their_routing_key(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    """An end of nothing that is open, or under another key, is dropped."""
    path = "/v1/alerts/pagerduty/v2/enqueue"
    end = PAGERDUTY | {"event_action": "resolve"}
    for body in (end, PAGERDUTY, end | {"routing_key": "f" * 32}):
        answer = await monitor.post(path, json=body)
        assert (answer.status_code, answer.json()["status"]) == (202, "success")
        assert answer.json()["dedup_key"] == PAGERDUTY["dedup_key"]
    assert len(await firing(anna)) == 1
    await monitor.post(path, json=PAGERDUTY | {"event_action": "acknowledge"})
    (one,) = await firing(anna)
    await monitor.post(path, json=end)
    assert await firing(anna) == []
    ticket = (await anna.get(f"/v1/tickets/{one['ticket_id']}")).json()
    assert "acknowledged in the monitor" in "\n".join(await notes_of(anna, ticket["key"]))


async def test_senders_of_opsgenie_find_its_paths(monitor: AsyncClient, anna: AsyncClient) -> None:
    base = "/v1/alerts/opsgenie/v2/alerts"
    created = await monitor.post(base, json=OPSGENIE)
    assert (created.status_code, created.json()["result"]) == (202, "Request will be processed")
    (one,) = await firing(anna)
    assert (one["priority"], one["environment"], one["service"]) == (
        "blocker",
        "acme-prod",
        "billing",
    )
    for action in ("acknowledge", "close"):
        path = f"{base}/acme-checkout-p99/{action}?identifierType=alias"
        assert (await monitor.post(path, json={"user": "probe"})).status_code == 202
    assert await firing(anna) == []
    assert (await monitor.post(f"{base}/a/delete", json={})).status_code == 422
