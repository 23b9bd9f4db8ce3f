"""The words of reviews: states of changes, reasons of breaches, comparisons of months. Pure."""

CHANGES = {
    "evaluating": "being checked",
    "in_review": "in review",
    "approved": "approved",
    "deferred": "deferred",
    "delivering": "being delivered",
    "verifying": "being verified",
    "delivered": "delivered",
    "rolled_back": "rolled back",
    "refused": "refused",
}
WHY = {
    "deadline": "The target time ran out",
    "target_changed": "A change of priority or agreement moved the deadline into the past",
    "reclassified": "The ticket was corrected, and its deadline had passed by then",
}


def against(now: int, before: int) -> str:
    """`3 more than the month before`."""
    if now == before:
        return "as in the month before"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'} than the month before"


def points(now: float | None, before: float | None) -> str:
    """How far apart two shares are, in percentage points."""
    if now is None or before is None:
        return "nothing to compare with"
    apart = round((now - before) * 100, 1)
    if not apart:
        return "as in the month before"
    return f"{'up' if apart > 0 else 'down'} {abs(apart):g} points on the month before"


VERDICTS = {"kept": "kept", "broken": "missed", "unmeasured": "not measured"}
"""What became of a promised figure."""
