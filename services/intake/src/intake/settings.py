"""The settings of intake, beside those of every service."""

from pydantic import Field

from common.settings import Settings


class IntakeSettings(Settings):
    """The `OPSDESK_*` environment variables of intake."""

    port: int = Field(8001, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9001, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    raw_mail_days: int = Field(
        400, ge=1, description="days that a processed mail is kept as it came; what it said stays"
    )
    alert_post_days: int = Field(
        90, ge=1, description="days that a processed post of a monitor is kept as it came"
    )
