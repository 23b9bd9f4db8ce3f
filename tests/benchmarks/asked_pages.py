"""What people ask of running services, for measurements of how that depends on what is stored: pages, searches, reports."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import httpx

from opsdesk_local.installation import Installation
from opsdesk_local.service import ServiceProcess
from tests.benchmarks.environment import token
from tests.benchmarks.result import percentile
from tests.benchmarks.seed_tickets import Texts

WARM: Final = 3
QUEUE: Final = (
    "/v1/queue",
    "/v1/queue?customer=customer-7",
    "/v1/queue?assignee=anna",
    "/v1/queue?priority=critical",
    "/v1/queue?kind=question&state=in_progress",
    "/v1/queue?limit=100",
)
CLOCK_PAGES: Final = (
    "/v1/clocks",
    "/v1/clocks?state=running",
    "/v1/clocks?customer=customer-7",
    "/v1/clocks?state=paused",
)
PERIODS_DAYS: Final = (30, 91, 365, 730)
REPORTS: Final = {
    "volume": ("", "customer", "priority", "kind"),
    "compliance": ("", "customer", "priority", "metric"),
    "response": ("", "customer", "priority", "kind"),
    "backlog": ("", "customer", "priority", "kind"),
}


def searches(texts: Texts, rare: str) -> list[str]:
    """From a word that most tickets have to one that hardly any has, and what people do with them."""
    frequent, middle = texts.frequent, texts.of_one_text
    asked = (
        frequent,
        middle,
        rare,
        f"{frequent} {middle}",
        f"{middle} or {rare}",
        f"{middle}&customer=customer-7",
        f"{frequent}&priority=critical&open=true",
        "zzyzx",
    )
    return [f"/v1/tickets?q={one.replace(' ', '%20')}" for one in asked]


def reports(last: date) -> list[str]:
    """Every report over a month to two years, as a whole, grouped, and of one customer."""
    return [
        f"/v1/reports/{report}?from={last - timedelta(days=days)}&to={last}{narrowed}"
        + (f"&group_by={group}" if group else "")
        for report, groups in REPORTS.items()
        for days in PERIODS_DAYS
        for group in groups
        for narrowed in ("", "&customer=customer-3")
    ]


async def p95_of(
    installation: Installation,
    service: ServiceProcess,
    who: tuple[str, str],
    addresses: Sequence[str],
    rounds: int,
) -> float:
    """Seconds that 95 of 100 answers do not exceed, asked one after the other by `who`: sub and role."""
    headers = {"Authorization": f"Bearer {token(installation, *who)}"}
    took: list[float] = []
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=120) as http:
        for _ in range(WARM):
            (await http.get(addresses[0])).raise_for_status()
        for _ in range(rounds):
            for address in addresses:
                began = time.perf_counter()
                answer = await http.get(address)
                took.append(time.perf_counter() - began)
                assert answer.is_success, f"{address}: {answer.text}"
    return percentile(took, 0.95)
