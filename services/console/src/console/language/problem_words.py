"""English words for the problems of every service (RFC 9457), and for reasons where facts came with them."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

PROBLEMS: Final[Words] = {
    "busy": "The service is busy. Nothing was done: try again in a few seconds.",
    "forbidden": "You may not do this. Ask somebody who may, or ask for the role.",
    "head_too_large": "The request is too long. The mistake is ours.",
    "invalid": "Something is not right with what was filled in.",
    "malformed": "The service cannot read what was sent. The mistake is ours.",
    "method_not_allowed": "The service does not know this. The mistake is ours.",
    "not_found": "It is not there, or not yours to see.",
    "not_http": "The connection was not understood.",
    "on_behalf_of": "Nobody can be spoken for in this way.",
    "outcome_unknown": "Nobody can tell whether it was done. Send it again: it arrives once.",
    "overloaded": "The service has too much to do. Nothing was done: try again in a few seconds.",
    "precondition_failed": "Somebody has changed it meanwhile.",
    "refused": "The service has refused this.",
    "sign_in_required": "This takes a new sign-in.",
    "slow_request": "It came too slowly. Nothing was done: try again on a better line.",
    "still_running": "The first attempt is still on its way. Ask again in a moment.",
    "too_large": "This is too large.",
    "too_many_requests": "That was too often within a minute. Try again in a minute.",
    "unauthenticated": "You are not signed in any more.",
    "unexpected": "The mistake is the service's, and it is in its log.",
    "unsupported_media_type": "The service does not read this kind of file.",
}
WITH_FACTS: Final[Words] = {
    "already_requested": "%(key)s asks for this already. Have that decided or withdrawn first.",
    "another_customer": "%(other)s belongs to another customer.",
    "fix_not_checked": "%(by)s took the fix back. Another person checks it first.",
    "found_by_customer": "The customer found it before %(other)s was there. Correct there who found it first, then merge.",
    "lower_priority": "%(other)s has a lower priority. Raise it to %(priority)s first, then merge.",
    "not_approved": "Approvals that are still needed: %(missing)s.",
    "not_reviewable": "It is %(state)s: that is not possible now.",
    "not_the_same": "%(other)s differs in what promises depend on. Correct one of the two first, or leave both open.",
    "review_exists": "There is %(review)s already. Read it, or draw it up again.",
    "review_full": "A review has at most %(limit)s of these.",
    "still_needed": "%(services)s: they run on it. Change that first.",
    "wrong_state": "It is %(state)s: that is not possible now.",
}
"""Shown instead where the service names these facts."""
