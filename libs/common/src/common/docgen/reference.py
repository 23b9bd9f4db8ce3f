"""Pages for ops: settings, metrics, permissions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args, get_origin

from prometheus_client import Counter, Gauge, Histogram
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from common.auth.permissions import as_markdown
from common.docgen.markdown import code, page, table
from common.http import Service
from common.settings import PREFIX, Settings
from common.telemetry import metrics

HEAD = ("variable", "what it is", "if not given")


def settings_page(services: Sequence[Service]) -> str:
    """Every `OPSDESK_*` variable, those of one service under its name."""
    own = [
        part
        for service in services
        for part in (f"## Only {service.name}", table(HEAD, _variables(service.settings)))
        if _has_own(service.settings)
    ]
    return page(
        "Settings",
        "Read once at the start; a missing or wrong one ends it with one sentence that names it. "
        "`python -m <module> settings` prints them, secrets masked.",
        table(HEAD, (_variable(name, field) for name, field in Settings.model_fields.items())),
        *own,
    )


def _has_own(settings: type[Settings]) -> bool:
    return any(True for _ in _variables(settings))


def _variables(settings: type[Settings]) -> Iterator[tuple[str, str, str]]:
    for name, field in settings.model_fields.items():
        known = Settings.model_fields.get(name)
        if known is None or known.default != field.default:
            yield _variable(name, field)


def _variable(name: str, field: FieldInfo) -> tuple[str, str, str]:
    said = field.description or ""
    secret = field.annotation is SecretStr or SecretStr in get_args(field.annotation)
    if get_origin(field.annotation) is not None and not said:
        said = " or ".join(map(str, get_args(field.annotation)))
    missing = "the start ends" if field.is_required() else code(field.get_default())
    if not field.is_required() and field.get_default() is None:
        missing = ""
    return code(PREFIX + name.upper()), said + (" (secret)" if secret else ""), missing


def metrics_page() -> str:
    """Every Prometheus metric, in the order of the one list."""
    return page(
        "Metrics",
        "At `/metrics` of each service, beside those of the Python process.",
        table(("metric", "kind", "labels", "what it counts"), _metrics()),
    )


def _metrics() -> Iterable[tuple[str, str, str, str]]:
    for found in vars(metrics).values():
        if isinstance(found, Counter | Gauge | Histogram):
            family = next(iter(found.describe()))
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ", ".join(map(code, found._labelnames))
            yield code(name), family.type, labels, family.documentation


def permissions_page() -> str:
    """Who may do what."""
    return page(
        "Permissions",
        "Deny by default: what is not in this table, nobody may do. A customer's contact holds a "
        "permission for the own customer's data only; everything else does not exist for them.",
        as_markdown().strip(),
    )
