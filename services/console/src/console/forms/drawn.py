"""The forms of a page as they are drawn: blank ones, and the one that was sent and not done. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from console.forms import form as forms
from console.forms.form import Form
from console.language.marked import marked
from console.upstream.problems import Violation

NEEDED: Final = marked("This is needed.")


def drawn_forms(
    names: Iterable[str], drawn: Mapping[str, Form], etag: str | None
) -> dict[str, Form]:
    """Return the forms of a page by their names, each about the state that `etag` names."""
    return {name: _drawn(drawn.get(name), etag) for name in names}


def status_of(drawn: Mapping[str, Form]) -> int:
    """Return the status of a page with these forms: that of the one that was not done."""
    return max((one.status for one in drawn.values()), default=200)


def is_wrong(drawn: Mapping[str, Form]) -> bool:
    """Whether one of the forms was sent and not done: the page's title begins with it."""
    return any(one.notice for one in drawn.values())


def lacking(values: Mapping[str, str], *names: str) -> Form | None:
    """Return the form with a line for each of these fields that is empty; None where none is."""
    empty = [Violation(name, NEEDED) for name in names if not values.get(name, "").strip()]
    return forms.invalid(values, values.get("seen") or None, *empty) if empty else None


def typed(values: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return those of these fields in which something was typed, without blanks around it."""
    return {name: values[name].strip() for name in names if values.get(name, "").strip()}


def _drawn(form: Form | None, etag: str | None) -> Form:
    if form is None:
        return forms.blank(etag)
    return forms.after_change(form, etag) if form.notice == "changed" else form
