"""The command `opsdesk goals`: how the goals of a customer's agreements stand in a month."""

from typing import Annotated, Final

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.session import own_client

STATE_LABELS: Final = {
    "met": "met",
    "missed": "MISSED",
    "none": "nothing came due",
    "on_track": "on track",
    "at_risk": "at risk",
    "lost": "LOST",
}
COLUMNS: Final = (
    "agreement",
    "goal",
    "kept",
    "broken",
    "reached",
    "state",
    "may still break",
    "credit",
)


def goals(
    customer: Annotated[str, Argument(help="The customer's key.")],
    month: Annotated[str | None, Option(help="2026-06; by default the present one.")] = None,
) -> None:
    """Show what share of its promises a customer's agreements keep in a month, and what is credited."""
    run_command(_goals(customer, {} if month is None else {"month": month}))


async def _goals(customer: str, query: JSON) -> None:
    async with own_client() as client:
        found = await client.get("sla", f"/v1/customers/{customer}/goals", **query)
    title = f"Goals of {found['customer']} in {found['month']}"
    if not found["goals"]:
        print_line(f"{title}: none are agreed.")
        return
    print_table(title, COLUMNS, (_row(one) for one in found["goals"]))
    for credit in found["credits"]:
        print_line(_credit(credit))


def _row(goal: JSON) -> tuple[object, ...]:
    has_counts = goal["metric"] != "availability"
    counts = (goal["met"], goal["broken"]) if has_counts else (None, None)
    return (
        goal["agreement"],
        goal["goal"],
        *counts,
        None if goal["share"] is None else f"{goal['share']:.3%}",
        STATE_LABELS[goal["state"]],
        _format_budget(goal["budget"]),
        goal["credit"] and f"{goal['credit']} {goal['currency']} ({goal['credit_percent']:.6g} %)",
    )


def _format_budget(budget: JSON | None) -> str | None:
    """How many promises may still break this month, of how many, and how fast they do."""
    if budget is None:
        return None
    rate = budget["burn_rate"]
    burns = "" if rate is None else f", burn rate {rate:.1f}"
    return f"{budget['left']} of {budget['allowed']}{burns}"


def _credit(credit: JSON) -> str:
    uncapped = f" ({credit['uncapped']} before the cap)"
    capped = "" if credit["amount"] == credit["uncapped"] else uncapped
    return f"{credit['agreement']}: {credit['amount']} {credit['currency']} are credited{capped}."
