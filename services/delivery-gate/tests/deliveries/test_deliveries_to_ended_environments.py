from dataclasses import replace
from datetime import UTC, datetime

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import ReasonCode
from delivery_gate.deliveries.domain.delivery import Delivery, Evaluation
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify
from delivery_gate.versions.domain import Version

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
OPS = frozenset({"ops"})


def _state(answer: Delivery | Evaluation | Rejection) -> str:
    """The state that it leads to, else why it does not."""
    if isinstance(answer, Rejection):
        return str(answer.code)
    return (answer.delivery if isinstance(answer, Evaluation) else answer).state


def test_nothing_is_brought_to_an_ended_environment(
    in_review: Delivery,
    approved: Delivery,
    delivering: Delivery,
    evaluation_input: EvaluationInput,
    version: Version,
) -> None:
    """G11: whoever asks is told so; what was there before is verified, and what was not has failed."""
    gone = replace(evaluation_input.environment, retired=True)
    ended = replace(evaluation_input, environment=gone)
    answers = [
        approve(in_review, "anna", OPS, ended, NINE),
        start(approved, "ci", version.digest, ended, NINE),
        roll_out(delivering, gone),
        verify(delivering, version.digest, gone, 1, NINE),
    ]
    assert {_state(one) for one in answers} == {ReasonCode.ENVIRONMENT_ENDED}
    verifying = replace(delivering, state="verifying")
    assert _state(verify(verifying, version.digest, gone, 1, NINE)) == "delivered"
    assert _state(fail(delivering, "It was ended.", None, 1, NINE)) == "rolled_back"
