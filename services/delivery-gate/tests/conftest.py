"""A request that nothing speaks against; each test changes what it is about."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.domain import Rejection
from common.persistence.database import Database
from delivery_gate.app import SERVICE
from delivery_gate.criteria.domain.criteria import FIRST_CRITERIA, READINESS, Check
from delivery_gate.deliveries.domain.delivery import Delivery, Evaluation, evaluate_delivery
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve
from delivery_gate.deliveries.domain.rollout import start
from delivery_gate.environments.domain import Environment
from delivery_gate.versions.domain import Reference, Version
from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.client import app_for
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
DIGEST = "sha256:" + "1" * 64
OPS = frozenset({"ops"})


def delivery_of(answer: Delivery | Evaluation | Rejection) -> Delivery:
    assert not isinstance(answer, Rejection), answer
    return answer.delivery if isinstance(answer, Evaluation) else answer


@pytest.fixture
def version() -> Version:
    return Version(UUID(int=1), "billing", "1.4.0", DIGEST, frozenset(), 1, "ci", NINE)


@pytest.fixture
def evaluation_input(version: Version) -> EvaluationInput:
    hour_ago = NINE - timedelta(hours=1)
    return EvaluationInput(
        criteria=FIRST_CRITERIA,
        environment=Environment(UUID(int=2), "acme-prod", UUID(int=3), "acme", "production"),
        version=version,
        checks=tuple(
            Check(kind, "passed", hour_ago) for kind in ("regression_test", "vulnerability_scan")
        ),
        verified_in=frozenset({"staging"}),
    )


@pytest.fixture
def delivery() -> Delivery:
    return Delivery(
        id=UUID(int=4),
        key="DEL-4",
        requested=Reference("billing", "1.4.0"),
        environment="acme-prod",
        lifecycle="standard",
        readiness={item: "https://wiki.example/1.4.0" for item in READINESS},
        attempt=1,
        requested_by="ci",
        requested_at=NINE,
    )


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


@pytest.fixture
def schema() -> str:
    return "delivery_gate"


@pytest.fixture
async def gate(database: Database) -> GateClient:
    """The gate, knowing Acme's two environments, on Monday at nine."""
    await freeze_time(database, NINE)
    gate = GateClient(app_for(SERVICE, database), database)
    await gate.announce_environments()
    return gate
