"""English words for what may be done on a ticket, for what was done, and for messages to people."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

ACTS: Final[Words] = {
    "take": "Take it myself",
    "confirm_blocker": "Confirm the blocker",
    "verify": "Verify the resolution",
    "reject": "Reject the resolution",
    "resume": "Go on with it",
    "resolve": "Resolve it",
    "close": "Close it",
    "reopen": "Reopen it",
}
DONE: Final[Words] = {
    "reply": "Your reply is on its way to the customer.",
    "note": "Your note is kept among us.",
    "take": "It is yours now.",
    "confirm_blocker": "The blocker is confirmed.",
    "verify": "The resolution is verified.",
    "reject": "The resolution is rejected: the ticket is open again.",
    "resume": "It goes on.",
    "resolve": "It is resolved. Another person verifies it.",
    "close": "It is closed.",
    "reopen": "It is open again.",
}
NOTIFICATIONS: Final[Words] = {
    "waiting": "waits",
    "ready": "about to be sent",
    "sent": "✓ sent",
    "cancelled": "called off",
    "failed": "✕ failed",
}
ACT_FIELDS: Final[Words] = {
    "reason": "Reason",
    "resolution": "How it was resolved (the customer can read this)",
}
