"""J2: a version is refused with a justification, its follow-up is done, and it is delivered."""

from dataclasses import dataclass

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.gate import GATE, PRODUCTION
from opsdesk.topic_reader import Record

ARGUMENT = "The manual does not say how invoices of the old format are read after the change."
REQUIREMENT = "Describe in the manual how invoices of the old format are read."
EVIDENCE = "https://wiki.meridian.example/billing/manual#old-invoices"


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J2.

    `read_by_qc` is the refusal as QC reads it, `still_refused` the request while the follow-up was
    open, `verdicts` those of the delivery that succeeded.
    """

    version: JSON
    refusal: JSON
    read_by_qc: JSON
    still_refused: JSON
    follow_up: JSON
    self_confirmation: Problem
    first_confirmation: Problem
    delivery: JSON
    verdicts: JSON
    environment: JSON
    records: list[Record]


async def play(context: JourneyContext) -> Result:
    await gate.close_open_changes(context)
    version = await gate.new_version(context)
    await _on_staging(context, version)
    refusal = await _refuse(context, version)
    read_by_qc = await _refusal_seen_by_qc(context, refusal)
    still_refused = await gate.submit(context, version, PRODUCTION)
    follow_up, self_confirmation = await _follow_up(context, version)
    second = await gate.submit(context, version, PRODUCTION)
    await gate.approve(context, second, "anna")
    first_confirmation = await context["anna"].post_expecting_problem(
        GATE, f"/v1/deliveries/{second['key']}/approve"
    )
    context.say(f"anna approves once more: {first_confirmation}")
    await gate.approve(context, second, "omar")
    delivery = await gate.deliver(context, second, "omar")
    verdicts = await context["quin"].get(GATE, f"/v1/deliveries/{second['key']}/verdict")
    events = f"{verdicts['outcome']}, decided by {verdicts['decided_by']}"
    context.say(f"On record for {second['key']}: {events}; {len(verdicts['earlier'])} before it.")
    await context.settle()
    records = [one for one in context.events if one.body.get("version") == version["name"]]
    steps.report_events(context, records)
    return Result(
        version,
        refusal,
        read_by_qc,
        still_refused,
        follow_up,
        self_confirmation,
        first_confirmation,
        delivery,
        verdicts,
        await gate.get_environment(context, PRODUCTION),
        records,
    )


async def _on_staging(context: JourneyContext, version: JSON) -> None:
    """Deliver to staging: production accepts only versions that were verified there."""
    delivery = await gate.submit(context, version, "acme-staging")
    await gate.approve(context, delivery, "anna")
    await gate.deliver(context, delivery, "anna")


async def _refuse(context: JourneyContext, version: JSON) -> JSON:
    """Refuse a version whose checks passed, with a justification and a follow-up."""
    delivery = await gate.submit(context, version, PRODUCTION)
    body = {
        "reasons": [
            {"code": "READINESS_MISSING", "criterion": "documentation", "justification": ARGUMENT}
        ],
        "follow_ups": [{"kind": "documentation", "task": REQUIREMENT}],
    }
    refusal = await context["anna"].post(GATE, f"/v1/deliveries/{delivery['key']}/refuse", body)
    context.say(f'anna refuses {delivery["key"]}: "{ARGUMENT}"')
    context.say(f'{" ".join(refusal["verdict"]["follow_ups"])} is open: "{REQUIREMENT}"')
    return refusal


async def _refusal_seen_by_qc(context: JourneyContext, refused: JSON) -> JSON:
    refusals = context["quin"].items(GATE, "/v1/refusals", environment=PRODUCTION)
    found = [one async for one in refusals if one["delivery"] == refused["key"]]
    argument = found[0]["verdict"]["reasons"][0]["justification"]
    context.say(f'quin of QC reads the refusal of {refused["key"]}: "{argument}"')
    return found[0]


async def _follow_up(context: JourneyContext, version: JSON) -> tuple[JSON, Problem]:
    """Close the follow-up as sven, who may not confirm it himself; confirm it as quin."""
    follow_ups = context["sven"].items(
        GATE, "/v1/follow-ups", state="open", product=version["product"]
    )
    key = next(iter([one["key"] async for one in follow_ups if one["version"] == version["name"]]))
    await context["sven"].post(GATE, f"/v1/follow-ups/{key}/close", {"evidence": EVIDENCE})
    denial = await context["sven"].post_expecting_problem(GATE, f"/v1/follow-ups/{key}/confirm")
    context.say(f"sven closes {key} with evidence; sven confirms it: {denial}")
    closed = await context["quin"].post(GATE, f"/v1/follow-ups/{key}/confirm")
    context.say(f"quin confirms {key}.")
    return closed, denial
