"""The settings of intake, beside those of every service."""

from pydantic import Field

from common.settings import Settings


class IntakeSettings(Settings):
    """The `OPSDESK_*` environment variables of intake."""

    port: int = Field(8001, ge=0, le=65535, description="the TCP port to listen on")
