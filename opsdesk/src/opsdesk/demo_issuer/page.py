"""The page "Who are you?": people as links, since browsers may not be led elsewhere by a form."""

from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from opsdesk.company.demo_data import Identity

CSP: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
ROLES: Final[Mapping[str, str]] = {
    "ops": "first level",
    "second_level": "second level",
    "tom": "technical operations manager",
    "gm": "general manager",
    "dm": "delivery manager",
    "po": "product owner",
    "qc": "quality control",
    "partner": "partner",
    "customer": "customer",
}
STYLE: Final = """:root{color-scheme:light dark}
body{font:17px/1.5 system-ui,sans-serif;max-width:40rem;margin:8vh auto;padding:0 1.25rem}
h1{font-size:1.75rem;margin:0 0 .25rem}h2{font-size:1rem;margin:2rem 0 .5rem;opacity:.75;font-weight:600}
ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.5rem}
a{display:block;padding:.65rem .9rem;border:1px solid #8888;border-radius:.4rem;text-decoration:none;color:inherit}
a:hover{background:#8882}a:focus-visible{outline:3px solid #2a6fc4;outline-offset:2px}
b{display:block}small{opacity:.75}"""


def people_page(people: Iterable[Identity], query: Mapping[str, str]) -> str:
    """Return the page; each link goes on with the parameters of the request."""
    groups = [
        f"<h2>{escape(title)}</h2><ul>{''.join(_link(one, query) for one in members)}</ul>"
        for title, members in groupby(people, _group)
    ]
    return _page(
        "Who are you?",
        "<p>This is the sign-in of a demo: there is no password. Choose somebody.</p>"
        + "".join(groups),
    )


def sentence_page(title: str, sentence: str, link: tuple[str, str] | None = None) -> str:
    """Return a page of one sentence, and one link where there is somewhere to go."""
    way_on = f'<p><a href="{escape(link[0])}">{escape(link[1])}</a></p>' if link else ""
    return _page(title, f"<p>{escape(sentence)}</p>{way_on}")


def _group(one: Identity) -> str:
    return f"For {one.customer}" if one.customer else "Who works here"


def _link(one: Identity, query: Mapping[str, str]) -> str:
    address = f"/choose?{urlencode({**query, 'person': one.sub})}"
    roles = ", ".join(ROLES.get(role, role) for role in one.roles)
    return (
        f'<li><a href="{escape(address)}"><b>{escape(one.name)}</b>'
        f"<small>{escape(roles)}</small></a></li>"
    )


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/style.css"></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
