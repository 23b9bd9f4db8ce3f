"""Renders a document as one self-contained HTML page: no script, its style sheet inside."""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from common.domain.visible_text import make_visible
from sla.rendering.cells import NUMBERS, format_value
from sla.rendering.charts.drawing import Drawing
from sla.rendering.document import Document, Table
from sla.rendering.svg_drawing import render_svg

MEDIA_TYPE = "text/html"


def _finalize(value: object) -> object:
    """What is put into a page: text of other people is made visible, our own markup is as it is."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else make_visible(value)


_PAGES = Environment(
    loader=PackageLoader("sla.rendering"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_finalize,
)
_STYLE = resources.files("sla.rendering").joinpath("templates/document.css").read_text("utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CSP = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The content security policy: no requests, no scripts, and only this style sheet, by its digest."""


def render_html(document: Document) -> bytes:
    """The HTML page. It contains its policy, which so applies to a saved file, too."""
    page = _PAGES.get_template("document.html").render(
        document=document,
        formats=document.formats,
        format_value=format_value,
        numbers=NUMBERS,
        picture=_picture,
        widths=_widths,
        style=Markup(_STYLE),  # our own file, whose digest the policy names
        policy=CSP,
    )
    return page.encode()


def _picture(drawing: Drawing) -> Markup:
    return Markup(render_svg(drawing))  # escaped in `sla.rendering.svg`


def _widths(table: Table) -> list[str]:
    """The widths of the columns in percent."""
    weights = sum(column.weight for column in table.columns)
    return [f"{100 * column.weight / weights:.2f}" for column in table.columns]
