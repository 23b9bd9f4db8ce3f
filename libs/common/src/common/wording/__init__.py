"""Words for people: durations and instants, questions, and the check of a message before it is sent. Pure."""

from common.wording.check import MessageContext, check_message, check_what_stops
from common.wording.durations import LOCALE, SECOND, format_duration, format_instant
from common.wording.findings import FINDINGS, Finding, FindingCode, Severity
from common.wording.questions import is_question

__all__ = [
    "FINDINGS",
    "LOCALE",
    "SECOND",
    "Finding",
    "FindingCode",
    "MessageContext",
    "Severity",
    "check_message",
    "check_what_stops",
    "format_duration",
    "format_instant",
    "is_question",
]
