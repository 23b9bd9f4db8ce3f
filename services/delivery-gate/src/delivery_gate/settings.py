"""Settings of the gate, beside those that every service has."""

from datetime import timedelta

from pydantic import Field

from common.settings import Settings
from delivery_gate.environments.domain import DEFAULT_DEBT_DEADLINE


class DeliveryGateSettings(Settings):
    """`OPSDESK_*` variables, read once."""

    port: int = Field(8004, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9004, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    debt_seconds: int = Field(
        int(DEFAULT_DEBT_DEADLINE.total_seconds()),
        ge=1,
        description="seconds until an emergency change must be in a delivered version",
    )

    @property
    def debt_after(self) -> timedelta:
        """How long after an emergency change its debt is due."""
        return timedelta(seconds=self.debt_seconds)
