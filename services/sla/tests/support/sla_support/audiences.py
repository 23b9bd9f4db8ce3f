"""A June with text of everybody in it: each word says for whom it was written."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.events.tickets import TicketReplied
from common.persistence.ids import uuid7
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla.outages.domain.outage import Outage, build_record
from sla.outages.domain.scope import Scope
from sla.outages.store import outages
from sla_support.assertions import resolution_clock
from sla_support.catalogue_scenario import announce_directory
from sla_support.company import AMSTERDAM, BRIGHTWATER, HOUR, NINE, ticket_event, ticket_opened
from sla_support.june import OF_ACME, OF_BRIGHTWATER, June, done
from sla_support.june_reviews import write_reviews
from sla_support.review_month import DAY, JULY

AGREEMENT, PRICE = "/v1/agreements/acme-standard", "7654321.09"


async def write_june(june: June) -> None:
    """Let everybody write, and remember for whom each of them wrote."""
    await announce_directory(june.database)
    await _catalogue(june)
    await _agreement(june)
    await _tickets(june)
    await _waivers(june)
    await _outages(june)
    await _time_and_series(june)
    await write_reviews(june)
    reason = {"reason": june.word("POST /v1/agreements/{agreement}/termination reason")}
    done(await june.theo.post(f"{AGREEMENT}/termination", json=reason))
    done(await june.gina.post(f"{AGREEMENT}/termination/confirm"))


async def _catalogue(june: June) -> None:
    for key, customer in (("bought", OF_ACME), ("others", OF_BRIGHTWATER)):
        word = june.word("POST /v1/services description", customer)
        body = {"key": key, "name": key.title(), "owner": "ops", "description": word}
        done(await june.theo.post("/v1/services", json=body | {"sold_to": [customer]}))
        june.note("service", key)


async def _agreement(june: June) -> None:
    made_with = {"key": "acme-standard", "customer": "acme"}
    terms = _terms(june, "POST /v1/agreements")
    done(await june.theo.post("/v1/agreements", json=terms | made_with))
    done(await june.theo.put(AGREEMENT, json=_terms(june, "PUT /v1/agreements/{agreement}")))
    done(await june.theo.post(f"{AGREEMENT}/propose"))
    reason = {"reason": june.word("POST /v1/agreements/{agreement}/decline reason", OF_ACME)}
    done(await june.signer.post(f"{AGREEMENT}/decline", json=reason))
    done(await june.theo.post(f"{AGREEMENT}/propose"))
    for writer in (june.theo, june.signer):
        word = june.word("POST /v1/agreements/{agreement}/comments comment", OF_ACME)
        done(await writer.post(f"{AGREEMENT}/comments", json={"comment": word}))
    for who, step in ((june.theo, "approve"), (june.signer, "approve"), (june.gina, "publish")):
        done(await who.post(f"{AGREEMENT}/{step}"))
    june.note("agreement", "acme-standard", done(await june.theo.get(AGREEMENT))["id"])
    reason = {"reason": june.word("POST /v1/agreements/{agreement}/move-open-clocks reason")}
    done(await june.theo.post(f"{AGREEMENT}/move-open-clocks", json=reason))
    await _extra_cover(june)


def _terms(june: June, operation: str) -> dict[str, Any]:
    prose = ("penalties", "roles", "assumptions", "duties")
    june.marks.planted[PRICE] = (f"{operation} price", OF_ACME)
    return {
        "customers": ["brightwater"],
        "customer_signs": True,
        "calendar": AMSTERDAM,
        "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
        "valid_from": "2026-01-01T00:00:00Z",
        "price": {"amount": PRICE, "currency": "EUR"},
        "reserved_seconds": 36_000,
    } | {name: june.word(f"{operation} {name}", OF_ACME) for name in prose}


async def _extra_cover(june: June) -> None:
    window = {"starts_at": _at(NINE + 5 * DAY), "ends_at": _at(NINE + 5 * DAY + HOUR)}
    path = "POST /v1/agreements/{agreement}/extensions"
    body = window | {"reason": june.word(f"{path} reason")}
    extension = done(await june.theo.post(f"{AGREEMENT}/extensions", json=body))["id"]
    reason = {"reason": june.word(f"{path}/{{extension}}/end reason")}
    done(await june.gina.post(f"{AGREEMENT}/extensions/{extension}/end", json=reason))
    later = {"starts_at": _at(JULY + 5 * DAY), "ends_at": _at(JULY + 5 * DAY + HOUR)}
    body = later | {"reason": june.word(f"{path} reason")}
    done(await june.theo.post(f"{AGREEMENT}/extensions", json=body))


async def _tickets(june: June) -> None:
    brightwater: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    titles = [june.word("a ticket's title", one) for one in (OF_ACME, OF_ACME, OF_BRIGHTWATER)]
    await deliver(
        june.database,
        HANDLERS,
        (ticket_opened(1, title=titles[0], service="bought"), 1),
        (ticket_opened(2, title=titles[1]), 1),
        (ticket_opened(3, title=titles[2], **brightwater), 1),
        (ticket_event(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=1)), 2),
    )
    for number in (1, 2, 3):
        june.note("ticket", f"OPS-{number}")
        june.note("clock", str((await resolution_clock(june.database, number)).id))


async def _waivers(june: June) -> None:
    path = "POST /v1/waivers"
    decisions = {
        "approve": june.gina,
        "refuse": june.gina,
        "revoke": june.gina,
        "withdraw": june.dana,
    }
    for number, (step, decider) in enumerate(decisions.items()):
        window = {
            "starts_at": _at(NINE + number * DAY),
            "ends_at": _at(NINE + number * DAY + 20 * HOUR),
        }
        body = {"customer": "acme", "reason": june.word(f"{path} reason")} | window
        waiver = (await june.dana.post("/v1/waivers", json=body)).headers["Location"]
        if step == "revoke":
            done(await june.gina.post(f"{waiver}/approve"))
        reason = {"reason": june.word(f"{path}/{{waiver}}/{step} reason")}
        done(await decider.post(f"{waiver}/{step}", json=reason))
        june.note("waiver", waiver.rpartition("/")[2])


async def _outages(june: June) -> None:
    await freeze_time(june.database, NINE + 2 * HOUR)
    body = {"environment": "acme-prod", "service": "bought", "started_at": _at(NINE)}
    path = "POST /v1/outages"
    body["reason"] = june.word(f"{path} reason")
    outage = (await june.theo.post("/v1/outages", json=body)).headers["Location"]
    ended = {"ended_at": _at(NINE + HOUR), "reason": june.word(f"{path}/{{outage}}/end reason")}
    done(await june.theo.post(f"{outage}/end", json=ended))
    correction = {"ended_at": _at(NINE + 1.5 * HOUR)}
    correction["reason"] = june.word(f"{path}/{{outage}}/corrections reason")
    done(await june.theo.post(f"{outage}/corrections", json=correction))
    june.note("outage", outage.rpartition("/")[2], await _outage_of_everybody(june))
    window = {"starts_at": _at(NINE + DAY), "ends_at": _at(NINE + DAY + HOUR)}
    title = june.word("the title of a maintenance", OF_ACME)
    made = await june.theo.post(
        "/v1/maintenance", json={"environment": "acme-prod", "title": title} | window
    )
    june.note("maintenance", done(made)["id"])


async def _outage_of_everybody(june: June) -> str:
    """One that came from a ticket of Brightwater, whose title is theirs. Its key."""
    async with june.database.transaction() as tx:
        scope, (key,) = Scope(None, None, "bought"), await outages.next_keys(tx, 1)
        ticket, times = UUID(int=3), (NINE + HOUR, NINE + 1.5 * HOUR)
        outage = Outage(uuid7(), key, scope, "ticket", ticket, ticket, "down", *times)
        await outages.add(tx, [(outage, build_record(outage, "started", times[0], "opsdesk"))])
    return key


async def _time_and_series(june: June) -> None:
    entry = {"ticket": "OPS-1", "minutes": 30, "day": "2026-06-01"}
    id = done(await june.anna.post("/v1/time-entries", json=entry))["id"]
    path = "POST /v1/time-entries/{time_entry}/corrections"
    corrected = {"minutes": 20, "reason": june.word(f"{path} reason")}
    done(await june.anna.post(f"/v1/time-entries/{id}/corrections", json=corrected))
    june.note("time_entry", id)
    for customer in (OF_ACME, OF_BRIGHTWATER):
        name = june.word("the name of a series", customer)
        series = {"key": f"{customer}.disk", "name": name, "unit": "GiB", "customer": customer}
        done(await june.theo.post("/v1/series", json=series))
        june.note("series", f"{customer}.disk")


def _at(at: datetime) -> str:
    return at.isoformat()
