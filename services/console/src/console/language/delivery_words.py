"""English words for codes of deliveries, versions and what they wait for."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

READINESS: Final[Words] = {
    "customer_communication": "What the customer is told",
    "rollback_plan": "Rollback plan",
    "stakeholder_approvals": "Approvals of those concerned",
    "documentation": "Documentation",
    "knowledge_session": "Knowledge session",
}
DELIVERY_WORDS: Final[Mapping[str, Words]] = {
    "readiness": READINESS,
    "delivery_act": {
        "start": "Start it",
        "rolled-out": "It is rolled out",
        "verify": "Verify it",
        "fail": "It failed: roll it back",
        "withdraw": "Withdraw it",
    },
    "delivery_done": {
        "approve": "Your approval is on record.",
        "refuse": "The version is refused and held.",
        "create_accepted": "It is on record, and people may approve it now.",
        "create_deferred": "It is on record, and waits for what is missing below.",
        "create_refused": "It is on record, and was refused at once. The reasons stand below.",
        "start_accepted": "It has started.",
        "start_deferred": "It has not started: look at the verdict. It stays approved, and may be started later.",
        "start_refused": "It has not started: it was refused. The reasons stand below.",
        "rolled-out": "It is on the environment. Somebody verifies it now.",
        "verify_delivered": "It is verified, and runs.",
        "verify_rolled_back": "It is not what was approved, and counts as rolled back. An investigation is open.",
        "fail": "It counts as rolled back. An investigation is open.",
        "withdraw": "It is withdrawn, and may be asked for again.",
    },
    "check_result": {"passed": "passed", "failed": "failed", "error": "ended with an error"},
}
