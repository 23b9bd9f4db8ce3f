"""A recording says in promtool's words what the replicas exported."""

from tests.faults.recording import LEAD, Recording

NAMES = {
    "opsdesk_consumer_lag",
    "opsdesk_queues_seen_timestamp_seconds",
    "opsdesk_late_total",
    "opsdesk_slow_bucket",
}
WHERE = 'instance="sla-1", job="opsdesk"'
BEGAN = 1_900_000_000.0


def export(lag: int, seen_at: float, more: str = "") -> str:
    return (
        f"# TYPE opsdesk_consumer_lag gauge\nopsdesk_consumer_lag {lag}.0\n"
        "# TYPE opsdesk_queues_seen_timestamp_seconds gauge\n"
        f"opsdesk_queues_seen_timestamp_seconds {seen_at}\n"
        '# TYPE opsdesk_slow histogram\nopsdesk_slow_bucket{le="0.5"} 3.0\n'
        f"# TYPE opsdesk_other gauge\nopsdesk_other 7.0\n{more}"
    )


def test_values_are_a_second_apart_behind_an_hour_that_stood_still() -> None:
    recording = Recording(NAMES, BEGAN)
    recording.add(0, "sla", "sla-1", export(5, BEGAN - 8))
    recording.add(1, "sla", "sla-1", export(6, BEGAN + 1))
    recording.add(2, "sla", "sla-1", None)
    late = '# TYPE opsdesk_late counter\nopsdesk_late_total{kind="a \\"quoted\\" one"} 2.0\n'
    recording.add(3, "sla", "sla-1", export(6, BEGAN + 1, late))
    assert recording.seconds == 4
    assert recording.series() == {
        f'up{{{WHERE}, service="sla"}}': f"1.000x{LEAD + 1} 0.000x0 1.000x0",
        f'opsdesk_consumer_lag{{{WHERE}, service="sla"}}': f"5.000x{LEAD} 6.000x0 _x1 6.000x0",
        f'opsdesk_queues_seen_timestamp_seconds{{{WHERE}, service="sla"}}': (
            f"{LEAD - 8}.000x{LEAD} {LEAD + 1}.000x0 _x1 {LEAD + 1}.000x0"
        ),
        f'opsdesk_late_total{{{WHERE}, kind="a \\"quoted\\" one", service="sla"}}': (
            f"_x{LEAD + 3} 2.000x0"
        ),
    }
