"""J1 on four service processes: mail in, clocks to the second, pages, and an outside subscriber."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import holidays
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from opsdesk.api_client import JSON
from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j1_email
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j1_email import Result
from opsdesk.journeys.support_hours import AMSTERDAM

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    """J1 on the Thursday before the next Easter weekend, 15:30: four closed days lie ahead, and
    in some years the change of clocks."""
    async with stages.open_context(endpoints, print) as context:
        easter_monday = _next_easter_monday((await context.settle()).astimezone(AMSTERDAM).date())
        start = datetime.combine(easter_monday - 4 * DAY, time(15, 30), AMSTERDAM)
        yield context, await j1_email.play(context, start)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def _next_easter_monday(after: date) -> date:
    found = holidays.country_holidays("NL", years=[after.year, after.year + 1], language="en_US")
    days = [day for day, name in sorted(found.items()) if name == "Easter Monday"]
    return next(day for day in days if day > after + 10 * DAY)


def _after_easter(
    result: Result, days: int, hour: int, minute: int = 0, second: int = 0
) -> datetime:
    """`days` after Easter Monday, on the wall in Amsterdam."""
    day = result.start.date() + (4 + days) * DAY
    return datetime.combine(day, time(hour, minute, second), AMSTERDAM)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_known_sender_needs_no_customer_number(result: Result) -> None:
    """The address alone says whose ticket it is; the text says which environment."""
    ticket = result.ticket
    assert (ticket["customer"], ticket["priority"]) == ("acme", "major")
    assert ticket["environment"] == "acme-prod"
    assert ticket["key"].startswith("OPS-")


def test_a_reply_joins_its_thread_also_when_it_arrives_twice(result: Result) -> None:
    assert [one["outcome"] for one in result.thread.results] == ["opened", "joined", "duplicate"]
    assert {one["ticket"]["key"] for one in result.thread.results} == {result.thread.ticket}


def test_a_reply_may_arrive_before_the_mail_it_answers(result: Result) -> None:
    assert [one["outcome"] for one in result.out_of_order.results] == ["opened", "joined"]
    assert {one["ticket"]["key"] for one in result.out_of_order.results} == {
        result.out_of_order.ticket
    }
    assert result.out_of_order.ticket != result.thread.ticket


def test_deadlines_lie_after_the_holidays_to_the_second(result: Result) -> None:
    """A1, A3: 90 minutes on Thursday, nothing over Easter, the rest on Tuesday and Wednesday."""
    assert _at(result.started_clocks["first_response"]["deadline"]) == _after_easter(
        result, 1, 10, 30
    )
    assert _at(result.started_clocks["resolution"]["deadline"]) == _after_easter(result, 2, 13, 30)


def test_warnings_and_breach_fire_at_their_own_due_instants(result: Result) -> None:
    """C7, C8: 50, 75 and 90 % of four hours, then the deadline; never early, exactly once."""
    firings = result.clocks["first_response"]["firings"]
    assert [(one["kind"], _at(one["due_at"])) for one in firings] == [
        ("warning_50", _after_easter(result, 1, 8, 30)),
        ("warning_75", _after_easter(result, 1, 9, 30)),
        ("warning_90", _after_easter(result, 1, 10, 6)),
        ("breach", _after_easter(result, 1, 10, 30)),
    ]
    assert [one["due_at"] for one in firings] == [one["fired_at"] for one in firings]


def test_the_matrix_chose_the_policies(result: Result) -> None:
    """E17."""
    chosen = {case["trigger"]: case["policy"] for case in result.escalations}
    assert chosen == {
        "clock_threshold_reached": "early-warning",
        "clock_breached": "missed-promise",
    }


def test_the_person_on_call_got_a_mail_when_the_promise_broke(
    context: JourneyContext, result: Result
) -> None:
    """A real SMTP message, taken by a real server, in the reader's own time."""
    first = context.mails_about(_breach(result)["key"])[0]
    assert first["X-Envelope-To"] == context.address_of(result.on_call)
    assert result.thread.ticket in first["Subject"]
    assert "10:30 CEST" in first.get_content()


def test_the_policy_stepped_up_and_stopped_at_the_acknowledgement(
    context: JourneyContext, result: Result
) -> None:
    """E1, E5: a quarter of an hour after the first step; nobody is told after theo took it."""
    case = _breach(result)
    steps = [entry for entry in case["timeline"] if entry["kind"] == "step_fired"]
    broke = _after_easter(result, 1, 10, 30)
    assert [_at(step["at"]) for step in steps] == [broke, broke + timedelta(minutes=15)]
    acknowledged = next(e for e in case["timeline"] if e["kind"] == "acknowledged")
    assert (acknowledged["by"], _at(acknowledged["at"])) == ("theo", result.acknowledged_at)
    reached = [one["X-Envelope-To"] for one in context.mails_about(case["key"])]
    assert reached == [context.address_of(result.on_call), context.address_of("theo")]


async def test_any_kafka_client_sees_it_on_the_delivery_managers_topic(
    endpoints: Endpoints, result: Result
) -> None:
    """An outside team's consumer: plain aiokafka and JSON, no code of ours."""
    records = await _read_all(endpoints.kafka, "opsdesk.escalations.dm")
    mine = [body for _, body in records if body.get("ticket") == result.thread.ticket]
    breach = [body for body in mine if body["trigger"] == "clock_breached"]
    assert {body["escalation"] for body in breach} == {_breach(result)["key"]}
    types = [headers["ce_type"] for headers, body in records if body in breach]
    assert types[0] == "opsdesk.escalation.opened.v1"
    assert {"opsdesk.escalation.step_fired.v1", "opsdesk.escalation.acknowledged.v1"} <= {*types}
    sequences = [int(headers["ce_sequence"]) for headers, body in records if body in breach]
    assert all(one < next_one for one, next_one in pairwise(sequences))


def test_whoever_resolved_may_not_verify(result: Result) -> None:
    """R1."""
    assert (result.denial.status, result.denial.code) == (403, "four-eyes")


def test_the_first_response_was_breached_and_the_resolution_met_exactly(result: Result) -> None:
    """C3, C5: answered at 12:30, two hours too late; resolved on Wednesday at 11:00, in time."""
    response, resolution = result.clocks["first_response"], result.clocks["resolution"]
    assert (response["outcome"], response["state"]) == ("breached", "stopped")
    assert _at(response["stopped_at"]) == _after_easter(result, 1, 12, 30)
    assert (response["elapsed_seconds"], response["overrun_seconds"]) == (6 * 3600, 2 * 3600)
    assert (resolution["outcome"], resolution["state"]) == ("met", "stopped")
    assert _at(resolution["stopped_at"]) == _after_easter(result, 2, 11)
    assert resolution["elapsed_seconds"] == 13 * 3600 + 1800
    assert resolution["overrun_seconds"] == 0


def test_the_customer_gets_one_receipt_with_the_key_then_the_answer_and_hears_of_the_end(
    result: Result,
) -> None:
    """In the sink as a mail client shows them: below the mail that the customer wrote."""
    receipt, answer, resolved = result.correspondence.mails
    first, last = result.thread.sent_ids[0], result.thread.sent_ids[1]
    key = result.thread.ticket
    assert receipt["Subject"] == f"[{key}] Invoices are not sent"
    assert answer["Subject"] == f"Re: [{key}] Invoices are not sent"
    assert (receipt["Auto-Submitted"], answer["Auto-Submitted"]) == ("auto-replied", None)
    assert (receipt["In-Reply-To"], receipt["References"]) == (first, first)
    assert answer["In-Reply-To"] == last
    assert str(answer["References"]).split() == [first, last]
    ids = [str(mail["Message-ID"]) for mail in result.correspondence.mails]
    assert len({*ids, first, last}) == 5
    assert all(id.startswith("<opsdesk.") and id.endswith("@meridian.example>") for id in ids)
    assert "we found it." in answer.get_content()
    assert "> Now 200 of them." in answer.get_content()
    assert key in receipt.get_content()
    assert (resolved["Subject"], resolved["Auto-Submitted"]) == (answer["Subject"], None)
    assert resolved["In-Reply-To"] == last, "beside our answer, as jan has not written since"
    assert "The queue runs again." in resolved.get_content()


def test_what_the_customer_replies_to_our_mail_lands_on_the_same_ticket(result: Result) -> None:
    """By our Message-ID alone: the key has gone from the subject."""
    assert [mail["Auto-Submitted"] for mail in result.replied.mails] == ["auto-replied", None]
    reply = result.replied.reply
    assert reply is not None
    assert (reply["outcome"], reply["ticket"]["key"]) == ("joined", result.out_of_order.ticket)


def test_everything_is_over_when_the_ticket_is(result: Result) -> None:
    """E5: resolving stops everything."""
    assert {case["state"] for case in result.escalations} == {"resolved"}
    assert {case["next_at"] for case in result.escalations} == {None}


def _breach(result: Result) -> JSON:
    return next(case for case in result.escalations if case["trigger"] == "clock_breached")


async def _read_all(bootstrap: str, topic: str) -> list[tuple[dict[str, str], Any]]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning()
        end = (await consumer.end_offsets([partition]))[partition]
        found = []
        while await consumer.position(partition) < end:
            record = await consumer.getone()
            headers = {name: value.decode() for name, value in record.headers}
            found.append((headers, json.loads(record.value)))
        return found
    finally:
        await consumer.stop()
