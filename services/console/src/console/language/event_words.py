"""English words for what happened to a promise: the sentence of an event, and what it adds about the time."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

EVENTS: Final[Words] = {
    "opened_waiting": "the ticket was opened; it waits for the customer's next message",
    "opened_unpromised": "the ticket was opened; nothing was promised yet",
    "target_changed": "another priority",
    "tags_changed": "another tag",
    "agreement_moved": "another version of the agreement",
    "coverage_extended": "extra cover",
    "coverage_extension_ended": "extra cover that ended",
    "calendar_changed": "a new version of the calendar",
    "reclassified": "the ticket was corrected",
    "breached": "the promise was broken",
    "waiver_approved": "a waiver was approved",
    "waiver_ended": "a waiver ended",
    "separated": "separated again: it counts as if it had never been merged",
    "cancelled": "called off",
    "cycle_news": "news to the customer; the next time began",
    "cycle_owed": "the customer wrote: a reply is owed",
    "cycle_reopened": "reopened: the next time began",
    "stopped_replied": "public reply to the customer",
    "stopped_answered": "answered",
    "stopped_handed_back": "handed back to us",
    "stopped_forwarded": "forwarded to somebody else",
    "stopped_workaround_provided": "workaround given",
    "stopped_resolved": "resolved",
    "stopped_closed": "closed",
    "stopped_merged": "ended: what was broken stays broken",
    "stopped_cancelled": "ended: what was broken stays broken",
    "reopened": "reopened by the customer",
    "reopened_by_us": "reopened by our own side: the time since it was resolved counts",
    "open_again": "open again",
    "paused": "put on hold for the customer",
    "paused_counting": "put on hold for the customer; by the agreement this time counts",
    "resumed": "work goes on",
    "resumed_resumed": "work goes on",
    "resumed_customer_replied": "the customer replied",
    "resumed_forwarded": "forwarded: work goes on",
    "resumed_handed_back": "handed back: work goes on",
}
EVENTS_WITH_FACTS: Final[Words] = {
    "opened_promised": "the clock began: promised within %(target_seconds)s",
    "opened_earlier": "it counts from an earlier time: %(counts_at)s",
    "opened_later": "it counts from a later time: %(counts_at)s",
    "warned_share": "warned: %(used_percent)s used up",
    "warned_before": "warned %(before_seconds)s before it breaks",
    "waiver_approved": "waiver %(waiver)s was approved: what breaks before %(until_at)s is covered",
    "waiver_ended": "waiver %(waiver)s covers nothing that breaks from %(until_at)s on",
    "waiver_too_late": "waiver %(waiver)s was approved too late: it covers nothing",
    "breach_withdrawn": "the breach of %(broken_at)s is taken back",
}
EVENT_PARTS: Final[Words] = {
    "unpromised": "nothing is promised any more",
    "pausable_true": "waiting for the customer does not count now",
    "pausable_false": "waiting for the customer counts now",
}
EVENT_PARTS_WITH_FACTS: Final[Words] = {
    "left_seconds": "%(left_seconds)s left",
    "late_seconds": "%(late_seconds)s too late",
    "passed_at": "by a change its time had run out %(passed_at)s",
    "covered": "waiver %(waiver)s covers it",
    "target_changed": "promised within %(target_seconds)s instead of %(was_target_seconds)s",
    "target_new": "promised within %(target_seconds)s; nothing was before",
    "deadline_changed": "it breaks %(deadline_at)s instead of %(was_deadline_at)s",
    "deadline_new": "it breaks %(deadline_at)s",
}
"""Said after the sentence of an event, where sla gives these facts."""
