"""English words for codes of the delivery gate: of deliveries, what must hold, why it does not, and what comes next."""

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
JUSTIFICATIONS: Final[Mapping[str, str]] = {
    "check_missing": "This check has not reported a result.",
    "check_errored": "This check ended with an error. Run it again.",
    "proof_missing": "The request names no proof of it.",
    "environment_busy": "Another delivery is being rolled out on this environment.",
    "debt_open": "The environment takes only a version that contains its emergency change.",
    "no_version": "The request names no version.",
}
JUSTIFICATIONS_WITH_FACTS: Final[Mapping[str, str]] = {
    "check_failed": "It failed: %(failed_at)s.",
    "check_too_old": "Its result is older than %(age_span)s. Run it again.",
    "never_verified": "This digest was never verified in %(tier)s.",
    "another_runs": "%(running)s runs, %(approved)s was approved.",
    "drifted": "Nobody can explain what runs as %(product)s on %(environment)s: %(seen)s.",
    "drifted_unseen": "Nobody can explain what runs as %(product)s on %(environment)s: it has no digest at all.",
    "follow_up_open": "An earlier refusal is not followed up: %(task)s",
    "moving_tag": "“%(name)s” is a name that moves.",
    "never_registered": "%(product)s %(name)s was never registered.",
    "another_registered": "%(name)s is %(registered)s, and the request says %(requested)s.",
}
"""The gate's own sentences in a verdict, by their codes."""
DELIVERY_WORDS: Final[Mapping[str, Words]] = {
    "criterion": {
        "regression_test": "regression test",
        "vulnerability_scan": "vulnerability scan",
        "signature": "signature",
        "customer_communication": "the customer was told",
        "rollback_plan": "rollback plan",
        "stakeholder_approvals": "approvals of those concerned",
        "documentation": "documentation",
        "knowledge_session": "knowledge session",
        "handover": "the handover as a whole",
    },
    "criterion_state": {"fine": "holds", "broken": "not met", "none": "not looked at yet"},
    "refusal": {
        "UNVERSIONED": "Without a version:",
        "MUTABLE_REFERENCE": "By a name that can move:",
        "VERSION_UNKNOWN": "Not registered:",
        "READINESS_MISSING": "Not ready:",
        "CHECK_FAILED": "A check failed:",
        "CHECK_ERROR": "A check has no result:",
        "PROMOTION_SKIPPED": "A stage was skipped:",
        "DIGEST_MISMATCH": "Not what was checked:",
        "VERIFICATION_FAILED": "The verification failed:",
        "UNAUTHORIZED_CHANGE": "Changed without permission:",
        "FOLLOWUP_OPEN": "Held by a follow-up:",
        "EMERGENCY_DEBT_OPEN": "The environment owes a version:",
        "ENV_DRIFTED": "What runs there is not explained:",
    },
    "next_step": {
        "UNVERSIONED": "Register the version, and submit it by its name.",
        "MUTABLE_REFERENCE": "Submit it by its digest: a name that can move proves nothing.",
        "VERSION_UNKNOWN": "Register this version first.",
        "READINESS_MISSING": "Name the proof that is missing when it is submitted again.",
        "CHECK_FAILED": "Mend what failed: the check has to pass before it is submitted again.",
        "CHECK_ERROR": "Run the check again, and report its result.",
        "PROMOTION_SKIPPED": "Deliver and verify it in the stage before.",
        "PROMOTION_SKIPPED_HELD": "Once nothing holds it any more, deliver and verify it in the stage before.",
        "DIGEST_MISMATCH": "Find out why it is not what was registered.",
        "VERIFICATION_FAILED": "Find out why it did not run as it was approved.",
        "UNAUTHORIZED_CHANGE": "Find out who changed it, and put the change into a version.",
        "FOLLOWUP_OPEN": "Do what the follow-ups ask for, and have it confirmed.",
        "EMERGENCY_DEBT_OPEN": "Deliver a version that contains the emergency change first.",
        "ENV_DRIFTED": "Explain first what runs on the environment.",
        "CONFLICT": "Wait until the other delivery to this environment is over.",
    },
    "readiness": READINESS,
    "follow_up": {
        "documentation": "documentation",
        "investigation": "investigation",
        "retest": "re-test",
    },
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
