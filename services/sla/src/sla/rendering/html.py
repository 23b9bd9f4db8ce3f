"""A document as one HTML page that needs nothing else: no script, its style inside and vouched for."""

import base64
import hashlib
from importlib import resources
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sla.rendering.cells import NUMBERS, written
from sla.rendering.charts.drawing import Drawing
from sla.rendering.document import Document, Table
from sla.rendering.svg_drawing import svg

MEDIA_TYPE = "text/html"

_PAGES = Environment(
    loader=PackageLoader("sla.rendering"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = resources.files("sla.rendering").joinpath("templates/document.css").read_text("utf-8")
_VOUCHED = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; style-src 'sha256-{_VOUCHED}'; base-uri 'none'; form-action 'none'"
"""Nothing is fetched and nothing runs; the one style is known by its digest."""


def html(document: Document) -> bytes:
    """The page, which carries its policy also when it is kept as a file."""
    page = _PAGES.get_template("document.html").render(
        document=document,
        zone=ZoneInfo(document.zone),
        written=written,
        numbers=NUMBERS,
        picture=_picture,
        widths=_widths,
        style=Markup(_STYLE),  # our own file, whose digest the policy names
        policy=CSP,
    )
    return page.encode()


def _picture(drawing: Drawing) -> Markup:
    return Markup(svg(drawing))  # escaped where it is written


def _widths(table: Table) -> list[str]:
    """Of the columns, in percent."""
    weights = sum(column.weight for column in table.columns)
    return [f"{100 * column.weight / weights:.2f}" for column in table.columns]
