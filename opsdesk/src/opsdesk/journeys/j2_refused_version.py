"""J2: a version is refused with an argument, followed up by two people, and then delivered."""

from dataclasses import dataclass

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import Stage
from opsdesk.journeys.gate import GATE, PRODUCTION
from opsdesk.topic_reader import Record

ARGUMENT = "The manual does not say how invoices of the old format are read after the change."
DEMAND = "Describe in the manual how invoices of the old format are read."
EVIDENCE = "https://wiki.meridian.example/billing/manual#old-invoices"


@dataclass(frozen=True, slots=True)
class Told:
    """What J2 saw. `held` is the request made while the follow-up was open, `read_by_qc` the
    refusal as QC finds it; `verdicts` are those of the delivery that succeeded."""

    version: JSON
    refused: JSON
    read_by_qc: JSON
    held: JSON
    follow_up: JSON
    self_confirmation: Problem
    counted_once: Problem
    delivered: JSON
    verdicts: JSON
    environment: JSON
    records: list[Record]


async def play(stage: Stage) -> Told:
    await gate.tidy(stage)
    version = await gate.new_version(stage)
    await _on_staging(stage, version)
    refused = await _refused(stage, version)
    read_by_qc = await _read_by_qc(stage, refused)
    held = await gate.submit(stage, version, PRODUCTION)
    follow_up, self_confirmation = await _followed_up(stage, version)
    second = await gate.submit(stage, version, PRODUCTION)
    await gate.approve(stage, second, "anna")
    counted_once = await stage["anna"].refused(GATE, f"/v1/deliveries/{second['key']}/approve")
    stage.say(f"anna approves once more: {counted_once}")
    await gate.approve(stage, second, "omar")
    delivered = await gate.bring_out(stage, second, "omar")
    verdicts = await stage["quin"].get(GATE, f"/v1/deliveries/{second['key']}/verdict")
    spoken = f"{verdicts['outcome']}, spoken by {verdicts['spoken_by']}"
    stage.say(f"On record for {second['key']}: {spoken}; {len(verdicts['earlier'])} before it.")
    await stage.settle()
    records = [one for one in stage.records if one.body.get("version") == version["name"]]
    steps.tell_records(stage, records)
    return Told(
        version,
        refused,
        read_by_qc,
        held,
        follow_up,
        self_confirmation,
        counted_once,
        delivered,
        verdicts,
        await gate.environment(stage, PRODUCTION),
        records,
    )


async def _on_staging(stage: Stage, version: JSON) -> None:
    """Production takes only what was verified on staging (G7)."""
    delivery = await gate.submit(stage, version, "acme-staging")
    await gate.approve(stage, delivery, "anna")
    await gate.bring_out(stage, delivery, "anna")


async def _refused(stage: Stage, version: JSON) -> JSON:
    """Green checks do not oblige OPS: anna refuses, with an argument and what has to be done."""
    delivery = await gate.submit(stage, version, PRODUCTION)
    said = {
        "reasons": [
            {"code": "READINESS_MISSING", "criterion": "documentation", "argument": ARGUMENT}
        ],
        "follow_ups": [{"kind": "documentation", "demand": DEMAND}],
    }
    refused = await stage["anna"].post(GATE, f"/v1/deliveries/{delivery['key']}/refuse", said)
    stage.say(f'anna refuses {delivery["key"]}: "{ARGUMENT}"')
    stage.say(f'{" ".join(refused["verdict"]["follow_ups"])} is open: "{DEMAND}"')
    return refused


async def _read_by_qc(stage: Stage, refused: JSON) -> JSON:
    refusals = stage["quin"].items(GATE, "/v1/refusals", environment=PRODUCTION)
    found = [one async for one in refusals if one["delivery"] == refused["key"]]
    argument = found[0]["verdict"]["reasons"][0]["argument"]
    stage.say(f'quin of QC reads the refusal of {refused["key"]}: "{argument}"')
    return found[0]


async def _followed_up(stage: Stage, version: JSON) -> tuple[JSON, Problem]:
    """Closed with evidence by sven, who may not confirm it; quin does."""
    found = stage["sven"].items(GATE, "/v1/follow-ups", state="open", product=version["product"])
    key = next(iter([one["key"] async for one in found if one["version"] == version["name"]]))
    await stage["sven"].post(GATE, f"/v1/follow-ups/{key}/close", {"evidence": EVIDENCE})
    denied = await stage["sven"].refused(GATE, f"/v1/follow-ups/{key}/confirm")
    stage.say(f"sven closes {key} with evidence; sven confirms it: {denied}")
    confirmed = await stage["quin"].post(GATE, f"/v1/follow-ups/{key}/confirm")
    stage.say(f"quin confirms {key}.")
    return confirmed, denied
