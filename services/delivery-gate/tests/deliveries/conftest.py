"""A delivery in review, approved, and on its way."""

from datetime import UTC, datetime

import pytest

from common.domain import Rejection
from delivery_gate.deliveries.domain.delivery import Delivery, Evaluation, evaluate_delivery
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve
from delivery_gate.deliveries.domain.rollout import start
from delivery_gate.versions.domain import Version

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
OPS = frozenset({"ops"})


def delivery_of(answer: Delivery | Evaluation | Rejection) -> Delivery:
    assert not isinstance(answer, Rejection), answer
    return answer.delivery if isinstance(answer, Evaluation) else answer


@pytest.fixture
def in_review(delivery: Delivery, evaluation_input: EvaluationInput) -> Delivery:
    return evaluate_delivery(delivery, evaluation_input, NINE).delivery


@pytest.fixture
def approved(in_review: Delivery, evaluation_input: EvaluationInput) -> Delivery:
    once = delivery_of(approve(in_review, "anna", OPS, evaluation_input, NINE))
    return delivery_of(approve(once, "omar", OPS, evaluation_input, NINE))


@pytest.fixture
def delivering(approved: Delivery, evaluation_input: EvaluationInput, version: Version) -> Delivery:
    return delivery_of(start(approved, "ci", version.digest, evaluation_input, NINE))
