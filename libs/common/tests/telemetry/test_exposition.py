"""The metrics of two processes on one page."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from common.telemetry.exposition import exposition, from_values, merge, to_values


def registry(created: int, oldest: float, seconds: float) -> CollectorRegistry:
    """The metrics of one process."""
    found = CollectorRegistry()
    requests = Counter("opsdesk_requests_total", "Requests.", ("route",), registry=found)
    requests.labels("/a").inc(created)
    Gauge("opsdesk_oldest_seconds", "The oldest.", registry=found).set(oldest)
    Histogram("opsdesk_seconds", "How long.", registry=found, buckets=(1, 2)).observe(seconds)
    Gauge("process_open_fds", "Files.", registry=found).set(7)
    return found


def read(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_what_is_counted_in_both_is_added_up_and_the_rest_told_apart() -> None:
    one, two = registry(3, 0, 0.5), registry(4, 12.5, 1.5)
    sent = list(from_values(to_values(two.collect())))
    shown = read(exposition(merge({"loops": one.collect(), "requests": sent})))
    assert shown == {
        ("opsdesk_requests_total", (("route", "/a"),)): 7.0,
        ("opsdesk_oldest_seconds", ()): 12.5,
        ("opsdesk_seconds_bucket", (("le", "1.0"),)): 1.0,
        ("opsdesk_seconds_bucket", (("le", "2.0"),)): 2.0,
        ("opsdesk_seconds_bucket", (("le", "+Inf"),)): 2.0,
        ("opsdesk_seconds_count", ()): 2.0,
        ("opsdesk_seconds_sum", ()): 2.0,
        ("process_open_fds", (("process", "loops"),)): 7.0,
        ("process_open_fds", (("process", "requests"),)): 7.0,
    }


def test_each_family_stands_in_one_place() -> None:
    merged = exposition(merge({"a": registry(1, 1, 1).collect(), "b": registry(1, 1, 1).collect()}))
    types = [line for line in merged.decode().splitlines() if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
