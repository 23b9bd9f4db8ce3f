"""The chart of an explanation: its end, its cycles, the steps of its target, its themes (C9)."""

from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree

from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input
from sla.clocks.domain.explanation_report import ExplanationReport
from sla.clocks.explanation_chart import render_svg
from sla.clocks.explanation_theme import DARK, LIGHT
from sla_support.company import HOUR, NINE
from sla_support.explained import explained

OFFICE = UUID(int=1)
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
TABLES = {OFFICE: Timetable(Calendar(read_zone("Europe/Amsterdam"), WEEK))}


def opened(hours: float = 8) -> Input:
    return Input(1, "opened", NINE, NINE, Terms(hours * HOUR, OFFICE))


def at(hours: float) -> datetime:
    return NINE + hours * HOUR


def _picture(report: ExplanationReport) -> ElementTree.Element:
    return ElementTree.fromstring(render_svg(report))


def _lines(picture: ElementTree.Element, colour: str) -> list[list[tuple[float, float]]]:
    found = [
        one
        for one in picture.iter()
        if one.tag.endswith("polyline") and one.get("stroke") == colour
    ]
    return [
        [
            (float(x), float(y))
            for x, y in (pair.split(",") for pair in one.get("points", "").split())
        ]
        for one in found
    ]


def test_the_picture_ends_soon_after_a_stop() -> None:
    resolved = Input(0, "resolved", at(3), at(3))
    report = explained("resolution", [opened(), resolved], at(2000), TABLES)
    (curve,) = _lines(_picture(report), LIGHT.fills["counted"])
    stop = max(x for x, y in curve if y == min(y for _, y in curve[:2]))
    counted = curve[1]  # after the counted three hours
    assert counted[0] > 850
    assert stop >= counted[0]


def test_cycles_are_drawn_one_by_one_and_a_kept_clock_is_never_red() -> None:
    replies = [Input(0, "replied", at(hours), at(hours), by=("anna",)) for hours in (3, 6, 7.5)]
    report = explained("update", [opened(4), *replies], at(8), TABLES)
    assert report.snapshot.breached is False
    picture = _picture(report)
    curves = _lines(picture, LIGHT.fills["counted"])
    assert len(curves) == 4
    assert all(curve[0][1] == 280 for curve in curves)  # each begins at zero
    (clip,) = [one for one in picture.iter() if one.tag.endswith("clipPath")]
    (above,) = list(clip)
    target = float(above.get("y", "")) + float(above.get("height", ""))
    assert min(y for curve in curves for _, y in curve) >= target
    assert report.describe(report.events[-1]) == (
        "news to the customer: met with 2 hr 30 min left; the next time began, by Anna de Vries"
    )


def test_a_change_of_the_target_is_a_step() -> None:
    raised = Input(
        0,
        "target_changed",
        at(2),
        at(2),
        Terms(4 * HOUR, OFFICE),
        reason="priority major to critical",
    )
    picture = _picture(explained("resolution", [opened(), raised], at(3), TABLES))
    (clip,) = [one for one in picture.iter() if one.tag.endswith("clipPath")]
    assert len({one.get("height") for one in clip}) == 2
    words = [one.text for one in picture.iter() if one.tag.endswith("text")]
    assert "8 hr" in words
    assert "4 hr" in words


def test_pictures_have_a_dark_theme_and_ids_of_their_own() -> None:
    one = explained("resolution", [opened()], at(3), TABLES)
    other = explained("resolution", [opened()], at(3), TABLES, heading="OPS-2 Another")
    light, dark, second = render_svg(one), render_svg(one, "dark"), render_svg(other)
    assert DARK.ground in dark
    assert LIGHT.ground not in dark
    ids = [
        {each.get("id") for each in ElementTree.fromstring(drawn).iter() if each.get("id")}
        for drawn in (light, dark, second)
    ]
    assert all(ids)
    assert not ids[0] & ids[1]
    assert not ids[0] & ids[2]


def test_a_curve_on_the_target_is_in_time() -> None:
    """C5; a night at exactly the target was drawn red"""
    picture = _picture(explained("resolution", [opened(8)], at(20), TABLES))
    (clip,) = [one for one in picture.iter() if one.tag.endswith("clipPath")]
    (above,) = list(clip)
    (curve,) = _lines(picture, LIGHT.fills["counted"])
    late_until = float(above.get("y", "")) + float(above.get("height", ""))
    assert min(y for _, y in curve) - 1.5 >= late_until
