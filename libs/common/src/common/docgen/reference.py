"""Pages for ops: settings, metrics, permissions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args, get_origin

from prometheus_client import Counter, Gauge, Histogram
from pydantic.fields import FieldInfo

from common.auth.permissions import permissions_markdown
from common.docgen.markdown import code, page, table
from common.http import Service
from common.settings import PREFIX, Settings
from common.settings_database import AdministrationSettings
from common.settings_process import ProcessSettings
from common.settings_secrets import is_secret
from common.telemetry import metrics

TABLE_HEAD = ("variable", "what it is", "default")


def settings_page(services: Sequence[Service]) -> str:
    """Write the page of all `OPSDESK_*` variables."""
    own = [
        part
        for service in services
        for part in (f"## Only {service.name}", table(TABLE_HEAD, _variables(service.settings)))
        if _has_own(service.settings)
    ]
    return page(
        "Settings",
        "Read once at the start; a missing or wrong one ends the start with a sentence that names it. "
        "`python -m <module> settings` prints them, secrets masked. A secret may stand in a file that the same "
        "name with `_FILE` at its end names, such as `OPSDESK_DATABASE_URL_FILE=/run/secrets/database_url`.",
        table(
            TABLE_HEAD, (_variable(name, field) for name, field in Settings.model_fields.items())
        ),
        *own,
        "## Only the command `database`",
        table(TABLE_HEAD, _variables(AdministrationSettings)),
    )


def _has_own(settings: type[Settings]) -> bool:
    return any(True for _ in _variables(settings))


def _variables(settings: type[ProcessSettings]) -> Iterator[tuple[str, str, str]]:
    for name, field in settings.model_fields.items():
        shared = Settings.model_fields.get(name)
        if shared is None or shared.default != field.default:
            yield _variable(name, field)


def _variable(name: str, field: FieldInfo) -> tuple[str, str, str]:
    description = field.description or ""
    secret = is_secret(field)
    if get_origin(field.annotation) is not None and not description:
        description = " or ".join(map(str, get_args(field.annotation)))
    default = "required" if field.is_required() else code(field.get_default())
    if not field.is_required() and field.get_default() is None:
        default = ""
    return (
        code(PREFIX + name.upper()),
        description + (" (secret, also by file)" if secret else ""),
        default,
    )


def metrics_page() -> str:
    """Write the page of all Prometheus metrics."""
    return page(
        "Metrics",
        "At `/metrics` of each service, with those of the Python process.",
        table(("metric", "kind", "labels", "what it counts"), _metrics()),
    )


def _metrics() -> Iterable[tuple[str, str, str, str]]:
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            family = next(iter(metric.describe()))
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ", ".join(map(code, metric._labelnames))
            yield code(name), family.type, labels, family.documentation


def permissions_page() -> str:
    """Write the page of permissions."""
    return page(
        "Permissions",
        "What is not in this table, nobody may do. A customer's contact holds a permission for the "
        "data of their own customer only; other data are answered with 404.",
        permissions_markdown().strip(),
    )
