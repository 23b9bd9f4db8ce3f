"""What waits on a ticket for a second person, as staff reads it."""

from datetime import datetime

from common.http import ResponseModel
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Detection, Kind, Nature


class PendingDowngradeRead(ResponseModel):
    """A lower priority that waits for the confirmation of a second person.

    It waits since `requested_at`; `requested_by` is who asked last.
    """

    priority: Priority
    requested_by: str
    requested_at: datetime
    reason: str


class PendingReclassificationRead(ResponseModel):
    """A reclassification that waits for the confirmation of a second person.

    What is null does not change. It waits since `requested_at`; `requested_by` is who asked last.
    """

    kind: Kind | None
    nature: Nature | None
    service: str | None
    requested_by: str
    requested_at: datetime
    reason: str


class PendingUnmergeRead(ResponseModel):
    """The separation of a merged ticket, which waits for the confirmation of a second person.

    It waits since `requested_at`; `requested_by` is who asked last.
    """

    requested_by: str
    requested_at: datetime
    reason: str


class PendingDetectionRead(ResponseModel):
    """Another finder than the customer, which waits for the confirmation of a second person.

    It waits since `requested_at`; `requested_by` is who asked last.
    """

    detected_by: Detection
    requested_by: str
    requested_at: datetime
    reason: str
