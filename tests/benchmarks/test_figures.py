"""Which figures moved against the last run, and what a rival said that could not be measured."""

from pathlib import Path

import pytest

from tests.benchmarks import deadlines, figures
from tests.benchmarks.figures import Figure
from tests.benchmarks.result import Result
from tests.benchmarks.scale import QUICK

SLOW = Result("accept; 3 of 3", "1,000/s", "pgbench 5,000/s", "0.20", "", None)
FAST = Result("accept; 2 of 3", "2,000/s", "pgbench 5,100/s", "0.39", "", None)


def test_what_moved_is_named_with_both_figures(tmp_path: Path) -> None:
    figures.write(tmp_path, "full", figures.figures_of([SLOW]))
    last = figures.read(tmp_path, "full")
    assert list(figures.moved(last, figures.figures_of([FAST]))) == [
        "accept: OpsDesk 1,000/s -> 2,000/s (+100%), ratio 0.20 -> 0.39 (+95%)"
    ]


def test_what_hardly_moved_is_not(tmp_path: Path) -> None:
    last = {"idle": Figure("100 MiB", "", "")}
    assert list(figures.moved(last, {"idle": Figure("105 MiB", "", "")})) == []
    assert list(figures.moved(last, {"idle": Figure("80 MiB", "", "")})) == [
        "idle: OpsDesk 100 MiB -> 80 MiB (-20%)"
    ]


def test_a_figure_without_a_last_one_is_new() -> None:
    assert list(figures.moved({}, figures.figures_of([SLOW]))) == [
        "accept: 1,000/s, for the first time"
    ]


def test_scales_and_sections_are_kept_apart(tmp_path: Path) -> None:
    figures.write(tmp_path, "quick", {"a": Figure("1", "", "")})
    figures.write(tmp_path, "full", {"a": Figure("2", "", "")})
    figures.write(tmp_path, "full", {"b": Figure("3", "", "")})
    assert figures.read(tmp_path, "quick") == {"a": Figure("1", "", "")}
    assert figures.read(tmp_path, "full") == {"a": Figure("2", "", ""), "b": Figure("3", "", "")}


async def test_a_rival_that_fails_is_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And our own figures are shown all the same."""
    program = tmp_path / "rival.py"
    program.write_text("raise SystemExit('scheduling took 70 s of 60 s')")
    monkeypatch.setattr(deadlines, "RIVAL", program)
    rival = await deadlines._rival("postgresql://nowhere/x", QUICK)
    assert rival.problem == "scheduling took 70 s of 60 s"
    result = deadlines._result("work", deadlines.Run([0.01], 0, 0, 1.0), QUICK, rival)
    assert result.ours == "10.0 ms, +1 MiB"
    assert result.rival == "procrastinate: not measured (scheduling took 70 s of 60 s)"
    assert result.ratio == ""
    assert result.reached is True
