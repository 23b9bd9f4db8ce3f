"""English words for what waits in intake beside tickets: notices to customers, improvements of the monitoring."""

from collections.abc import Mapping
from typing import Final

INTAKE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "notice_state": {
        "proposed": "waits to be sent",
        "due": "is being sent",
        "sent": "sent",
        "unsent": "not sent: no mail server was set",
        "dismissed": "dismissed",
    },
    "notice_kind": {
        "maintenance": "maintenance",
        "outage": "an outage",
        "delivery": "a delivery",
        "agreement": "an agreement",
    },
    "notice_stage": {
        "announced": "announced",
        "started": "begun",
        "moved": "moved",
        "cancelled": "called off",
        "restored": "over",
    },
    "notice_act": {"send": "Send it to the customer", "dismiss": "Do not tell the customer"},
    "notice_done": {
        "send": "It is on its way to the customer.",
        "ask_dismissal": "You asked to dismiss it. Another person has to ask for the same.",
        "dismiss": "It is dismissed: the customer is not told.",
    },
    "cause_method": {"five_whys": "Five whys", "timeline": "Timeline"},
    "problem_state": {
        "investigating": "the cause is being looked for",
        "known_error": "known error",
        "fix_requested": "a fix is asked for",
        "fixed": "fixed",
    },
    "improvement_state": {
        "owed": "to plan",
        "planned": "planned",
        "done": "to verify",
        "verified": "verified",
    },
    "improvement_cause": {
        "found_by_customer": "the customer found it first",
        "long_investigation": "it took long to find",
    },
    "improvement_act": {
        "plan": "Plan it",
        "finish": "Say that it is done",
        "verify": "Verify it",
        "send-back": "Send it back",
    },
    "improvement_done": {
        "plan": "It is planned.",
        "finish": "Another person verifies it now.",
        "verify": "It is verified.",
        "send-back": "It is owed still.",
    },
}
