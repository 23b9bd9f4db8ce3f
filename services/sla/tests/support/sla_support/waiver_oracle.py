"""The slow truth about waivers: what they cover, by instants alone (R2, C11)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class ExpectedWaiver:
    """What has happened to a waiver, in the words of the rules."""

    about_clock: int | None
    service: str | None
    starts_at: datetime | None
    ends_at: datetime
    requested_by: str
    approved_at: datetime | None = None
    revoked_at: datetime | None = None

    def covers(self, clock: int, service: str | None, breached_at: datetime) -> bool:
        if self.approved_at is None or self.approved_at >= breached_at:
            return False
        if self.revoked_at is not None and breached_at > self.revoked_at:
            return False
        if breached_at >= self.ends_at:
            return False
        if self.about_clock is not None:
            return self.about_clock == clock
        fits = self.service is None or self.service == service
        return fits and self.starts_at is not None and self.starts_at <= breached_at
