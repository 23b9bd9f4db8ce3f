"""What Prometheus sees of a site: `/metrics` of every replica, second by second, as promtool reads series.

promtool's time begins at 0, ours does not: Unix times are moved. Before the recording lies an hour in which
everything stood as it was found, so that what happened earlier is no event of the recording.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from opsdesk_local.service import ServiceProcess
from tests.faults.site import Site

LEAD: Final = 3_600
"""Seconds before the recording."""
SCRAPE_TIMEOUT_S: Final = 5.0
UNIX_TIME: Final = "_timestamp_seconds"
"""How the name of a metric ends whose value is a Unix time."""


class Recording:
    """Samples of the metrics with these names, one each second; `began_at` is a Unix time."""

    def __init__(self, names: Collection[str], began_at: float) -> None:
        self.names = names
        self.began_at = began_at
        self.seconds = 0
        self._samples: dict[str, dict[int, float]] = defaultdict(dict)

    def add(self, second: int, service: str, instance: str, exposition: str | None) -> None:
        """Add what a replica exported; None: it did not answer."""
        self.seconds = max(self.seconds, second + 1)
        where = {"service": service, "job": "opsdesk", "instance": instance}
        self._samples[_series("up", where)][second] = float(exposition is not None)
        for family in text_string_to_metric_families(exposition or ""):
            for sample in family.samples:
                if sample.name in self.names:
                    name = _series(sample.name, {**sample.labels, **where})
                    self._samples[name][second] = self._moved(sample.name, sample.value)

    def series(self) -> dict[str, str]:
        """Return the values of each series in promtool's words, a second apart, from time 0 on.

        Parts of a histogram in which nothing was counted are left out: there are thousands, and they say nothing.
        """
        return {
            name: self._values(samples)
            for name, samples in self._samples.items()
            if not (_is_of_histogram(name) and 0 in samples and len(set(samples.values())) == 1)
        }

    def _moved(self, name: str, value: float) -> float:
        return value - self.began_at + LEAD if name.endswith(UNIX_TIME) else value

    def _values(self, samples: dict[int, float]) -> str:
        lead = [samples.get(0)] * LEAD
        return " ".join(_runs([*lead, *(samples.get(second) for second in range(self.seconds))]))


async def record(site: Site, names: Collection[str], seconds: int) -> Recording:
    """Scrape every replica of a site each second for so long."""
    recording = Recording(names, time.time())
    replicas = [
        (service, one) for service in site.desk.services for one in site.replicas_of(service)
    ]
    async with asyncio.TaskGroup() as scrapes:
        for service, replica in replicas:
            scrapes.create_task(_scrape(recording, service, replica, seconds))
    return recording


async def _scrape(
    recording: Recording, service: str, replica: ServiceProcess, seconds: int
) -> None:
    """Ask one replica each second; while an answer takes longer, seconds are left out."""
    clock = asyncio.get_running_loop()
    began = clock.time()
    async with httpx.AsyncClient(timeout=SCRAPE_TIMEOUT_S) as client:
        while (second := int(clock.time() - began)) < seconds:
            try:
                answer = await client.get(f"{replica.management_url}/metrics")
                text = answer.text if answer.status_code == httpx.codes.OK else None
            except httpx.HTTPError:
                text = None
            recording.add(second, service, replica.name, text)
            await asyncio.sleep(max(0.0, began + second + 1 - clock.time()))


def _is_of_histogram(series: str) -> bool:
    return series.partition("{")[0].endswith(("_bucket", "_count", "_sum"))


def _series(name: str, labels: dict[str, str]) -> str:
    escaped = {
        one: value.replace("\\", "\\\\").replace('"', '\\"') for one, value in labels.items()
    }
    inside = ", ".join(f'{one}="{value}"' for one, value in sorted(escaped.items()))
    return f"{name}{{{inside}}}"


def _runs(values: list[float | None]) -> Iterator[str]:
    for value, run in groupby(values):
        length = sum(1 for _ in run)
        if value is None:
            yield f"_x{length}"
        else:
            yield f"{value:.3f}x{length - 1}"
