"""The pages behind links that acknowledge, as HTML: no script, one form, readable on a phone at night. Pure.

They need nothing but themselves: no console, no style sheet, no sign-in.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Final, Literal
from zoneinfo import ZoneInfo

from common.domain.visible_text import make_visible
from escalation.cases.link_words import WORDS
from escalation.cases.linked_acknowledgement import LinkedCase

Notice = Literal["unknown", "busy", "trouble"]

STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1.5rem;max-width:34rem}"
    "h1{font-size:1.375rem;line-height:1.3}dt{opacity:.7}dd{margin:0 0 .5rem}"
    "button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border:0;border-radius:.5rem;"
    "background:#1a5fb4;color:#fff}button:focus-visible{outline:3px solid;outline-offset:3px}"
    "code{overflow-wrap:anywhere}.notice{font-weight:600}"
)
CSP: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing may be loaded, and no other page may show this one."""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Where a page stands: its language, and where the case is shown in the console, if there is one."""

    language: str
    console: str | None = None

    def notice(self, notice: Notice) -> bytes:
        """A page that knows no case."""
        return self._html("OpsDesk", [_paragraph(self._say(notice), "notice")])

    def case(self, linked: LinkedCase) -> bytes:
        """The page of a link: what it is good for at this moment, and what to do else."""
        key, title = linked.case.key, linked.case.trigger.title
        hides_case = linked.state in {"expired", "refused"}
        return self._html(key if hides_case else f"{key}: {title}", [*self._parts(linked)])

    def _parts(self, linked: LinkedCase) -> Iterator[str]:
        yield _paragraph(self._sentence(linked), "notice")
        if linked.state == "refused":
            return
        if linked.state != "expired":
            yield self._facts(linked)
        if linked.state == "open":
            yield f'<form method="post"><button>{escape(self._say("take"))}</button></form>'
            yield _paragraph(self._say("take_hint"))
        if linked.state in {"expired", "used"}:
            yield _paragraph(self._say("instead"))
            yield f"<p><code>opsdesk escalations acknowledge {escape(linked.case.key)}</code></p>"
        if self.console is not None:
            words = escape(self._say("console").format(key=linked.case.key))
            yield f'<p><a href="{escape(self.console)}" rel="noreferrer">{words}</a></p>'

    def _sentence(self, linked: LinkedCase) -> str:
        """The sentence that says what the link is good for."""
        zone, by = linked.reader.zone, linked.acknowledged
        if linked.is_done:
            return self._say("done")
        if linked.state == "open":
            return self._say("reader").format(name=linked.reader.name)
        if linked.state == "acknowledged" and by is not None:
            return self._say("acknowledged").format(who=by.name, at=self._at(by.at, zone))
        used_at = linked.used_at or linked.valid_until
        until = self._at(linked.valid_until, zone)
        return self._say(linked.state).format(at=self._at(used_at, zone), until=until)

    def _facts(self, linked: LinkedCase) -> str:
        trigger, zone = linked.case.trigger, linked.reader.zone
        breaks = trigger.expected_breach_at
        facts = {
            "since": self._at(trigger.at, zone),
            "breaks": self._at(breaks, zone) if breaks else None,
            "severity": linked.case.state.severity,
            "customer": trigger.customer,
            "environment": trigger.environment,
            "ticket": trigger.ticket,
        }
        rows = (
            f"<dt>{escape(self._say(name))}</dt><dd>{escape(make_visible(value))}</dd>"
            for name, value in facts.items()
            if value
        )
        return f"<dl>{''.join(rows)}</dl>"

    def _html(self, title: str, parts: list[str]) -> bytes:
        title = escape(make_visible(title))
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
            f"<title>{title}</title><style>{STYLE}</style></head>"
            f"<body><main><h1>{title}</h1>{''.join(parts)}</main></body></html>"
        ).encode()

    def _say(self, name: str) -> str:
        return WORDS[self.language][name]

    def _at(self, at: datetime, zone: ZoneInfo) -> str:
        return at.astimezone(zone).strftime(self._say("instant"))


def _paragraph(text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(make_visible(text))}</p>"
