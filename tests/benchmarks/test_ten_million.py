"""How many tickets fit, and what is said of those that were not loaded."""

from dataclasses import replace

import pytest

from tests.benchmarks.bulk_copies import Loaded
from tests.benchmarks.measured_sizes import Figure
from tests.benchmarks.ten_million import BESIDE, FULL_EXTENT, RESERVE, _affordable, _compared

FAST = Loaded(100_000, 900_000, 2.0, 0.5, 250_000_000, 120_000_000)
GIB = 1024**3


def test_all_fit_where_disk_and_time_suffice() -> None:
    assert _affordable(FULL_EXTENT, FAST, 3_700, 500 * GIB) == (9_900_000, "all that are wanted")


def test_the_reserve_of_the_disk_stays_free() -> None:
    wanted, why = _affordable(FULL_EXTENT, FAST, 4_000, RESERVE + BESIDE + 4_000 * 2_000_000)
    assert (wanted, why) == (2_000_000, "bounded by the disk")


def test_loading_ends_in_time() -> None:
    slow = replace(FAST, inserting_s=8.0, finishing_s=2.0)
    wanted, why = _affordable(FULL_EXTENT, slow, 3_700, 500 * GIB)
    assert why == "bounded by time"
    assert wanted * 100e-6 <= FULL_EXTENT.loading_s


def test_a_full_disk_is_said() -> None:
    with pytest.raises(RuntimeError, match="free some disk"):
        _affordable(FULL_EXTENT, FAST, 3_700, RESERVE)


def test_what_was_not_loaded_is_extrapolated_and_says_so() -> None:
    one = _compared("a page", Figure(0.010), Figure(0.020), (100_000, 5_050_000), FULL_EXTENT)
    assert (one.ours, one.rival, one.ratio) == (
        "20.0 ms",
        "among 100,000 10.0 ms",
        "2.00 x as long",
    )
    assert one.target == "extrapolated to 10,000,000, a straight line: 30.0 ms"


def test_what_was_loaded_is_not_extrapolated() -> None:
    rate = Figure(0.001, is_rate=True)
    one = _compared("accepted", rate, rate, (100_000, 10_000_000), FULL_EXTENT)
    assert (one.ours, one.target) == ("1,000/s", "")
