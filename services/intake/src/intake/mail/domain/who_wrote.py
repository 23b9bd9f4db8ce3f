"""Whether a mail's sender is believed (I1). Pure.

Anybody can write any address into From. Whether it may be used there is reported by the mail gateway in
`Authentication-Results` (RFC 8601), under its own name.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from intake.mail.domain.header import split_outside_quotes
from intake.mail.domain.mail import Mail
from intake.mail.domain.shared_providers import is_shared

Verdict = Literal["pass", "fail", "none"]

_DMARC: Final = re.compile(r"\s*dmarc\s*=\s*([a-z]+)(?:\s|$)", re.IGNORECASE)
_METHOD: Final = re.compile(r"\s*(spf|dkim)(?:/\d+)?\s*=\s*([a-z]{1,20})(?:\s|$)", re.IGNORECASE)
_FROM: Final = re.compile(r"\bheader\.from\s{0,5}=\s{0,5}\"?([^\s\";]{1,254})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What one server says of a mail: its name, DMARC's result, and the domain that was checked."""

    server: str
    dmarc: str
    domain: str
    has_dmarc: bool = True


def reported(mail: Mail, gateway: str | None) -> dict[str, str] | None:
    """Results by method (`spf`, `dkim`, `dmarc`) as our gateway reports them, the newest of each.

    None where it reports nothing, or no name of a gateway is set: what others report anybody can have
    written. Of several signatures one that passes counts, of several checks of SPF one that does not.
    """
    found: dict[str, str] = {}
    for header in mail.authentication if gateway else ():
        report = _read_report(header)
        if report.server == (gateway or "").lower():
            found = (
                _methods_of(header) | ({"dmarc": report.dmarc} if report.has_dmarc else {}) | found
            )
    return {name: found[name] for name in sorted(found)} or None


def _methods_of(header: str) -> dict[str, str]:
    """The results of SPF and DKIM in one header."""
    given: dict[str, list[str]] = {}
    for result in split_outside_quotes(_without_comments(header), ";")[1:]:
        if match := _METHOD.match(result):
            given.setdefault(match[1].lower(), []).append(match[2].lower())
    return {name: _combined(name, results) for name, results in given.items()}


def _combined(name: str, results: list[str]) -> str:
    if name == "dkim":
        return "pass" if "pass" in results else results[0]
    return next((one for one in results if one != "pass"), "pass")


def find_doubt(mail: Mail, *, gateway: str | None, is_staff: bool) -> str | None:
    """The reason why the sender is not believed; None where the mail may act as its sender.

    `gateway` is the name under which our gateway reports; None where it reports nothing.
    """
    verdict = judge(mail, gateway)
    domain = (mail.sender or "").rpartition("@")[2]
    if verdict == "fail":
        return f"the mail gateway reports that this mail does not come from {domain} (DMARC failed)"
    if is_staff and verdict != "pass":
        return f"it says it is from staff, and no DMARC pass for {domain} proves that"
    return None if mail.form is None else _doubt_of_form(mail.form, domain, is_staff=is_staff)


def _doubt_of_form(form: str, domain: str, *, is_staff: bool) -> str | None:
    """Why what a web form says of who wrote is not believed, though the mail does come from the form."""
    if is_staff:
        return f"it says it is from staff, and anybody may have filled in the form ({form})"
    its_domain = form.rpartition("@")[2]
    if is_shared(its_domain):
        return f"anybody may have an address like that of the form that sent it ({form})"
    if not _is_aligned(its_domain, domain):
        return f"a form of another organisation sent it ({form})"
    return None


def judge(mail: Mail, gateway: str | None) -> Verdict:
    """DMARC's result for the domain in From: a failure as anybody reports it, a pass from our gateway only."""
    reports = [_read_report(header) for header in mail.authentication]
    ours = [report for report in reports if report.server == (gateway or "").lower()]
    if any(report.dmarc == "fail" for report in (ours if gateway else reports[:1])):
        return "fail"
    written_as = (mail.form or mail.sender or "").rpartition("@")[2]
    first = ours[0] if ours else None
    return "pass" if first and (first.dmarc, first.domain) == ("pass", written_as) else "none"


def _read_report(header: str) -> Report:
    """The report in a header. A result that stands in it twice counts as failed: one of them is forged."""
    server, *results = split_outside_quotes(_without_comments(header), ";")
    found = [(match[1].lower(), result) for result in results if (match := _DMARC.match(result))]
    name = next(iter(server.split()), "").lower()
    if len(found) != 1:
        return Report(name, "fail" if found else "none", "", has_dmarc=bool(found))
    domain = _FROM.search(found[0][1])
    return Report(name, found[0][0], domain[1].lower() if domain else "")


def _without_comments(header: str) -> str:
    """The header without comments, which quote what strangers wrote; empty where one does not end."""
    shown, depth, is_quoted, is_escaped = [], 0, False, False
    for letter in header:
        if depth == 0:
            shown.append(letter if is_escaped or is_quoted or letter != "(" else " ")
        if is_escaped:
            is_escaped = False
        elif letter == "\\":
            is_escaped = is_quoted or depth > 0
        elif letter == '"' and depth == 0:
            is_quoted = not is_quoted
        elif not is_quoted:
            depth = max(depth + (letter == "(") - (letter == ")"), 0)
    return "" if depth or is_quoted else "".join(shown)


def _is_aligned(one: str, other: str) -> bool:
    """Whether two domains belong together: the same, or one below the other."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return longer == shorter or ("." in shorter and longer.endswith(f".{shorter}"))
