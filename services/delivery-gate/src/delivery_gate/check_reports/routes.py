"""HTTP routes of check reports."""

from datetime import datetime
from typing import Annotated

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Transaction, router
from common.persistence.database import transaction_time
from delivery_gate.check_reports.schemas import ChecksCreate
from delivery_gate.command_context import CommandContext
from delivery_gate.criteria.domain.criteria import Check
from delivery_gate.deliveries.commands import reevaluate_deferred
from delivery_gate.path_parameters import VersionRef
from delivery_gate.versions.commands import record_checks
from delivery_gate.versions.dependencies import load_response, load_version
from delivery_gate.versions.schemas import VersionRead

routes = router("/v1/versions", ["versions"])


@routes.post("/{version}/checks", status_code=201)
async def report_checks(
    ref: VersionRef,
    body: ChecksCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("checks:write")],
) -> VersionRead:
    """Report results of checks on a version. Deliveries that were deferred because a result was
    missing are evaluated again at once."""
    version = await load_version(tx, ref)
    context = CommandContext(tx, caller.actor, await transaction_time(tx))
    _check_times(body, context.at)
    runs = [Check(run.kind, run.result, run.at or context.at, run.evidence) for run in body.checks]
    await record_checks(context, version, runs)
    await reevaluate_deferred(tx, version, context.actor)
    return await load_response(tx, version)


def _check_times(body: ChecksCreate, now: datetime) -> None:
    violations = [
        Violation(f"/checks/{index}/at", "future", "this lies in the future")
        for index, run in enumerate(body.checks)
        if run.at is not None and run.at > now
    ]
    if violations:
        raise ValidationFailed(violations)
