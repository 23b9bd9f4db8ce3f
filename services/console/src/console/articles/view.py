"""An article: which version is shown, and what the reader may do with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field
from console.promises import Mark

LANGUAGES: Final = ("en", "nl", "de")
AUDIENCES: Final = ("internal", "customer")
STATES: Final = ("published", "draft", "retired", "everything")
"""The views of the list; of the last one the service knows nothing."""
TEXT: Final = (
    Field("title", "line", needed=True),
    Field("body", needed=True, hint="markdown"),
    Field("audience", "one_of", needed=True, choices=AUDIENCES, words="article_audience"),
)
NEW: Final = (
    Field("language", "one_of", needed=True, choices=LANGUAGES, words="language"),
    *TEXT,
)
ACTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "publish": (),
    "review": (),
    "helped": (Field("comment"),),
    "did-not-help": (Field("comment", label="what_to_mend"),),
    "write": TEXT,
    "retire": (Field("reason", needed=True),),
}
"""The acts, with what each asks for, in the order of the page."""
PATHS: Final[Mapping[str, str]] = {
    "write": "versions",
    "helped": "feedback",
    "did-not-help": "feedback",
}
"""How the API's path ends, where that is not the name of the act."""
MARKS: Final[Mapping[str, Mark]] = {"published": "fine", "draft": "soon"}


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """`unpublished`: the number of a newest version that another person publishes, None where there is none.

    `has_written`: the reader wrote it, so that somebody else publishes it.
    """

    mark: Mark
    acts: tuple[str, ...]
    unpublished: int | None
    has_written: bool
    versions: tuple[Mapping[str, Any], ...]


def article_page(
    article: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], sub: str
) -> ArticlePage:
    """Put together the page; contacts get an article without a state, and no versions."""
    state = article.get("state", "published")
    newest = versions[0] if versions else None
    waits = newest is not None and newest["published_at"] is None and state != "retired"
    return ArticlePage(
        MARKS.get(state, "none"),
        _acts(article, state, waits=waits),
        newest["version"] if waits and newest is not None else None,
        waits and newest is not None and newest["written_by"] == sub,
        tuple(versions),
    )


def _acts(article: Mapping[str, Any], state: str, *, waits: bool) -> tuple[str, ...]:
    feedback = ("helped", "did-not-help") if state == "published" else ()
    if "state" not in article:
        return feedback
    if state == "retired":
        return ()
    own = ("review", "write", "retire") if state == "published" else ("write", "retire")
    wanted = {*feedback, *own, *(("publish",) if waits else ())}
    return tuple(name for name in ACTS if name in wanted)


def says(act: str, unpublished: int) -> dict[str, Any]:
    """Return what the body of an act says whatever is typed; `unpublished` is the version that the page showed."""
    if act == "publish":
        return {"version": unpublished}
    return {"helpful": act == "helped"} if PATHS.get(act) == "feedback" else {}
