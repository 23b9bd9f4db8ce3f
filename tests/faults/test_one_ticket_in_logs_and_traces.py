"""One ticket that breaks its promise is followed over all services: by one trace id, in logs and in a collector."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from common.telemetry.log_fields import COMMON, FIELDS, ONE_EACH
from opsdesk_testing.otlp_receiver import OtlpReceiver, otlp_receiver
from opsdesk_testing.waiting import until
from tests.faults.agreements import CUSTOMER
from tests.faults.site import Site, site

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TITLE, DESCRIPTION = "Kim Smit cannot sign in", "Call kim@acme.example or 020 555 0123."
CALLERS_SPAN = "00f067aa0ba902b7"
INTERNAL, SERVER, PRODUCER, CONSUMER = 1, 2, 4, 5
"""Kinds of spans, as OpenTelemetry numbers them."""
WHOLE_WAY = {
    ("opsdesk-intake", "POST /v1/tickets", SERVER),
    ("opsdesk-intake", "publish opsdesk.ticket.opened.v1", PRODUCER),
    ("opsdesk-sla", "sla TicketOpened", CONSUMER),
    ("opsdesk-sla", "publish opsdesk.clock.started.v1", PRODUCER),
    ("opsdesk-sla", "deadline clock", INTERNAL),
    ("opsdesk-sla", "publish opsdesk.clock.breached.v1", PRODUCER),
    ("opsdesk-escalation", "escalation ClockBreached", CONSUMER),
}
WITHIN_S = 60
JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "string or null": (str, type(None)),
}


@pytest.fixture(scope="module")
def collector() -> Iterator[OtlpReceiver]:
    with otlp_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
async def running(
    collector: OtlpReceiver, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """A site that samples each trace, with a ticket on it whose promises are over within seconds."""
    settings = {
        "OPSDESK_OTLP_ENDPOINT": collector.endpoint,
        "OPSDESK_TRACE_SAMPLE_RATIO": "1",
        "OPSDESK_LOG_FORMAT": "json",
    }
    async with site(tmp_path_factory.mktemp("traced"), settings=settings) as running:
        ticket = await open_ticket(running)
        await until(
            lambda: any(is_breach(line, ticket) for line in lines(running, "escalation")), WITHIN_S
        )
        yield running


async def open_ticket(running: Site) -> str:
    headers = {
        "Authorization": f"Bearer {running.token('anna', 'ops')}",
        "Idempotency-Key": "traced",
        "traceparent": f"00-{TRACE}-{CALLERS_SPAN}-01",
    }
    body = {
        "kind": "incident",
        "title": TITLE,
        "description": DESCRIPTION,
        "customer": CUSTOMER,
        "priority": "critical",
    }
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await client.post(f"{running.intakes[0]}/v1/tickets", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def lines(running: Site, service: str) -> list[dict[str, Any]]:
    """What a service has logged; the last line may be half written."""
    text = running.desk.services[service].log.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [json.loads(line) for line in whole]


def of_trace(running: Site, service: str) -> list[dict[str, Any]]:
    return [line for line in lines(running, service) if line.get("trace_id") == TRACE]


def is_breach(line: dict[str, Any], ticket: str) -> bool:
    return (line["event"], line.get("type"), line.get("key")) == (
        "event.applied",
        "opsdesk.clock.breached.v1",
        ticket,
    )


async def wait_for_none(missing: Callable[[], object]) -> None:
    """Wait until nothing is missing any more: spans leave every five seconds."""
    try:
        await until(lambda: not missing(), WITHIN_S)
    except TimeoutError:
        raise AssertionError(f"missing: {missing()}") from None


async def test_one_trace_leads_from_the_request_over_the_breach_to_the_case(
    running: Site, collector: OtlpReceiver
) -> None:
    await wait_for_none(
        lambda: WHOLE_WAY - {(one.service, one.name, one.kind) for one in collector.of(TRACE)}
    )


async def test_each_span_stands_under_another_one_of_the_trace(
    running: Site, collector: OtlpReceiver
) -> None:
    """What the caller brought is above the first."""

    def orphans() -> list[str]:
        spans = collector.of(TRACE)
        ids = {one.span_id for one in spans} | {CALLERS_SPAN}
        return [one.name for one in spans if one.parent_id not in ids]

    await wait_for_none(orphans)


def test_the_same_id_stands_in_the_log_of_each_service(running: Site) -> None:
    assert [
        line["route"] for line in of_trace(running, "intake") if line["event"] == "http.request"
    ] == ["/v1/tickets"]
    at_sla = of_trace(running, "sla")
    assert ("event.applied", "opsdesk.ticket.opened.v1") in {
        (line["event"], line.get("type")) for line in at_sla
    }
    assert {line["kind"] for line in at_sla if line["event"] == "deadline.fired"} == {"clock"}
    assert {line["type"] for line in of_trace(running, "escalation") if "type" in line} >= {
        "opsdesk.clock.breached.v1"
    }


@pytest.mark.parametrize("service", ["intake", "sla", "escalation", "delivery-gate"])
def test_every_line_is_as_documented(running: Site, service: str) -> None:
    """docs/logs.md is written from the same table: an unknown field, or one of another type, fails."""
    found = lines(running, service)
    assert len(found) > 3
    for line in found:
        assert line["service"] == service
        for name, value in line.items():
            described = COMMON.get(name) or FIELDS.get(name)
            assert described is not None, f"{name} of {line} is not documented"
            assert isinstance(value, JSON_TYPES[described.type]), (name, line)
        if line["event"] in ONE_EACH:
            assert {*line} - COMMON.keys() == {*ONE_EACH[line["event"]]}, line
        else:
            assert "level" in line, line


def test_nothing_that_was_written_is_in_logs_or_spans(
    running: Site, collector: OtlpReceiver
) -> None:
    logs = "".join(
        process.log.read_text(encoding="utf-8") for process in running.desk.services.values()
    )
    for text in (logs, repr(collector.spans)):
        for word in (TITLE, DESCRIPTION, "Kim", "kim@", "555 0123"):
            assert word not in text
