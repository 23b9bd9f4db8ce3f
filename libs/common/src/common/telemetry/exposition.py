"""The metrics of the two processes of a replica as one text for Prometheus.

OpsDesk's own are added up: each counts what one process does, or is set by one alone. Those of the
Python runtime are told apart by the label `process`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

OWN_PREFIX: Final = "opsdesk_"

Key = tuple[str, tuple[tuple[str, str], ...]]


class _Found(Collector):
    """Metrics that were collected before."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition(families: Iterable[Metric]) -> bytes:
    """Render metrics as Prometheus reads them."""
    return generate_latest(_Found(families))


def merge(processes: Mapping[str, Iterable[Metric]]) -> list[Metric]:
    """Merge the metrics of several processes, by their names, family by family."""
    merged: dict[str, Metric] = {}
    for process, families in processes.items():
        for family in families:
            here = merged.setdefault(family.name, _empty(family))
            label = {} if family.name.startswith(OWN_PREFIX) else {"process": process}
            for sample in family.samples:
                here.add_sample(sample.name, {**sample.labels, **label}, sample.value)
    return [_added_up(family) for family in merged.values()]


def _added_up(family: Metric) -> Metric:
    values: dict[Key, float] = {}
    for sample in family.samples:
        key = sample.name, tuple(sample.labels.items())
        value = sample.value
        if key in values:
            is_instant = sample.name.endswith("_created")
            value = min(values[key], value) if is_instant else values[key] + value
        values[key] = value
    whole = _empty(family)
    for (name, labels), value in values.items():
        whole.add_sample(name, dict(labels), value)
    return whole


def _empty(family: Metric) -> Metric:
    return Metric(family.name, family.documentation, family.type, family.unit)


def to_values(families: Iterable[Metric]) -> list[Any]:
    """Return metrics as lists, texts and numbers, to be sent to another process."""
    return [
        [one.name, one.documentation, one.type, list(map(_sample_values, one.samples))]
        for one in families
    ]


def from_values(values: Iterable[Any]) -> Iterator[Metric]:
    """Return the metrics that `to_values` made values of."""
    for name, documentation, kind, samples in values:
        family = Metric(name, documentation, kind)
        for sample in samples:
            family.add_sample(*sample)
        yield family


def _sample_values(sample: Any) -> list[Any]:
    return [sample.name, sample.labels, sample.value]
