"""What intake is told by its environment, beside what every service is told."""

from pydantic import Field

from common.settings import Settings


class IntakeSettings(Settings):
    """`OPSDESK_*` variables, read once."""

    port: int = Field(8001, ge=0, le=65535, description="the TCP port to listen on")
