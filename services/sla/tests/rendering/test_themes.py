"""Pictures on dark ground: no colour of a light page is left, every word can be read, no id is shared."""

import ast
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest
from httpx import AsyncClient

import sla
from sla.calendars import chart as calendars
from sla.calendars.domain.definition import calendar_from_definition
from sla.calendars.domain.zone import read_zone
from sla.capacity import chart as capacity
from sla.capacity.domain.capacity_forecast import Peak, compute_forecast
from sla.capacity.domain.series import Limit, Series
from sla.catalogue import chart as catalogue
from sla.catalogue.domain.graph import Graph, Need, Node, service_node
from sla.catalogue.domain.impact import Effect
from sla.forecasts import chart as forecasts
from sla.forecasts.domain.score import Tally, compute_score
from sla.punctuality import chart as punctuality
from sla.rendering.theme import DARK, GROUND, ThemeName, in_dark
from sla_support.company import NINE

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 6, 1)
Draw = Callable[[ThemeName], str]


def _calendar(theme: ThemeName) -> str:
    definition = {
        "timezone": "Europe/Amsterdam",
        "weekly": {"mon": [["08:00", "10:00"]], "tue": [["08:00", "14:00"]], "sat": []}
        | {"wed": [["08:00", "18:00"]], "thu": [["01:00", "23:00"]], "fri": [["00:00", "24:00"]]},
        "holidays": {"2026-12-25": "Christmas"},
    }
    calendar = calendar_from_definition(definition, read_zone("Europe/Amsterdam"))
    return calendars.render_svg(calendar, "office", 2026, theme)


def _usage(theme: ThemeName) -> str:
    series = Series(UUID(int=9), "disk", "Disk of Acme", "GiB", "acme", None, None, None)
    limit = Limit(1, NINE, 100.0, "from_below", timedelta(days=30))
    peaks = [Peak(TODAY - timedelta(days=back), 80.0 - back) for back in range(60, -1, -1)]
    forecast = compute_forecast(peaks, limit, TODAY)
    return capacity.render_svg(series, peaks, limit, forecast, TODAY, theme)


def _catalogue(theme: ThemeName) -> str:
    host, partner = Node("environment", "acme-prod"), Node("partner", "hosthaven")
    needs = {"billing": (Need((host,), 1),), "portal": (Need((partner,), 1),), "alone": ()}
    graph = Graph(needs, {"billing": frozenset({"acme"})})
    effects: dict[Node, Effect] = {host: "down", service_node("billing"): "degraded"}
    nodes = catalogue.all_nodes(graph)
    return catalogue.render_svg(graph, nodes, {partner}, effects, theme)


def _calibration(theme: ThemeName) -> str:
    score = compute_score([Tally(2, 8, 2.0, 2, 1.5), Tally(7, 4, 3.0, 3, 0.75)])
    return forecasts.render_calibration_svg(score, "Forecasts", theme)


def _lags(theme: ThemeName) -> str:
    return punctuality.render_svg({0: 3, 5: 12}, "Lags", theme)


PICTURES: dict[str, Draw] = {
    "calendar": _calendar,
    "usage": _usage,
    "catalogue": _catalogue,
    "calibration": _calibration,
    "lags": _lags,
}


def _luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _words(root: ElementTree.Element) -> Iterator[tuple[str, str, str]]:
    """Each text with its colour and the one below it: that of the rectangle in its group, else the ground."""
    ink = root.get("fill") or "#000000"
    for text in root.findall(f"{SVG}text"):
        yield text.text or "", text.get("fill") or ink, GROUND
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        below = GROUND if box is None else box.get("fill") or GROUND
        for text in group.findall(f"{SVG}text"):
            yield text.text or "", text.get("fill") or ink, below


@pytest.mark.parametrize("name", PICTURES)
def test_every_word_can_be_read_on_dark_ground(name: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1"""
    root = ElementTree.fromstring(PICTURES[name]("dark"))
    words = list(_words(root))
    assert words
    weak = [(text, ink, below) for text, ink, below in words if _contrast(ink, below) < 4.5]
    assert weak == []


@pytest.mark.parametrize("name", PICTURES)
def test_no_colour_of_a_light_page_is_left(name: str) -> None:
    root = ElementTree.fromstring(PICTURES[name]("dark"))
    colours = {one.get(which) for one in root.iter() for which in ("fill", "stroke")}
    assert GROUND in colours
    assert not colours & {*DARK}
    light = PICTURES[name]("light")
    assert GROUND not in light
    assert in_dark(light) != light


@pytest.mark.parametrize("name", PICTURES)
def test_both_themes_stand_on_one_page_without_a_common_id(name: str) -> None:
    ids = []
    for theme in ("light", "dark"):
        root = ElementTree.fromstring(PICTURES[name](theme))
        own = {one.get("id") for one in root.iter() if one.get("id")}
        assert {*(root.get("aria-labelledby") or "").split()} <= own
        ids.append(own)
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_colour_that_a_chart_draws_with_has_one_for_dark_ground() -> None:
    """The chart of a clock has two palettes of its own."""
    charts = [*Path(sla.__file__).parent.glob("*/chart.py")]
    assert len(charts) == 6
    constants = (
        node.value
        for chart in charts
        for node in ast.walk(ast.parse(chart.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert {one for one in constants if one.startswith("#") and one[1:].isalnum()} <= {*DARK}


def test_what_people_wrote_is_not_recoloured() -> None:
    picture = punctuality.render_svg({}, 'lags fill="#0b5cad" stroke="#ffffff"', "dark")
    title = ElementTree.fromstring(picture).findtext(f"{SVG}title")
    assert title == 'lags fill="#0b5cad" stroke="#ffffff": 0 firings'


@pytest.mark.parametrize(
    "path", ["/v1/punctuality/lags.svg", "/v1/catalogue/graph.svg", "/v1/forecasts/score.svg"]
)
async def test_a_picture_is_asked_for_in_the_colours_of_the_page(
    theo: AsyncClient, path: str
) -> None:
    light, dark = [await theo.get(path, params={"theme": theme}) for theme in ("light", "dark")]
    assert (await theo.get(path)).text == light.text
    assert GROUND in dark.text
    assert GROUND not in light.text
    assert (await theo.get(path, params={"theme": "pink"})).status_code == 422
