"""HTTP in: problems that will not be fixed, on the word of two people (R1)."""

from fastapi import Response

from common.http import router
from intake.problems import domain
from intake.problems.dependencies import VerifyAction, WorkAction, load
from intake.problems.schemas import GivingUp, ProblemRead

routes = router("/v1/problems", ["problems"])


@routes.post("/{problem}/give-up", response_model=ProblemRead)
async def give_up_problem(action: WorkAction, body: GivingUp) -> Response | ProblemRead:
    """Ask to give a problem up: it will not be fixed. Another person has to confirm that."""
    loaded = await load(action)
    since = loaded.ticket.reopened_at
    after = domain.give_up(loaded.record, body.reason, action.caller.sub, loaded.at, since=since)
    return await loaded.finish("give_up", after, reason=body.reason)


@routes.post("/{problem}/give-up/confirm", response_model=ProblemRead)
async def confirm_problem_given_up(action: VerifyAction) -> Response | ProblemRead:
    """Confirm as another person that a problem will not be fixed: its ticket may close without a fix."""
    loaded = await load(action)
    asked_by = loaded.record.given_up_by
    person = await action.counted_as(asked_by)
    since = loaded.ticket.reopened_at
    after = domain.confirm_giving_up(loaded.record, person, loaded.at, since=since)
    return await loaded.finish("confirm_giving_up", after, requested_by=asked_by)
