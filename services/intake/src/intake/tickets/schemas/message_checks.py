"""Request and response models of the check of messages."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from common.http import RequestModel, ResponseModel
from common.wording import FindingCode, Severity
from intake.tickets.domain.message_check import Purpose

OverruleReason = Annotated[str, Field(min_length=3, max_length=200)] | None
"""Why a text leaves although something soft was found in it."""


class MessageCheckRequest(RequestModel):
    """A text for the customer of a ticket (its id or key), and what it is to be."""

    ticket: Annotated[str, Field(min_length=1, max_length=40)]
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    purpose: Purpose = "reply"


class FindingRead(ResponseModel):
    """One finding: `hard` ones stop a message. `quote` is the place, `detail` says what to do."""

    code: FindingCode
    severity: Severity
    quote: str
    detail: str


class TextCheckRead(ResponseModel):
    """What is wrong with a text. Languages are two letters; null where it is not certain."""

    findings: list[FindingRead]
    may_be_sent: bool
    language: str | None
    detected_language: str | None


class MessageCheckRead(ResponseModel):
    """What was found in a message that was sent all the same, by whom, and why."""

    codes: list[FindingCode]
    sent_by: str
    sent_at: datetime
    overrule_reason: str | None
