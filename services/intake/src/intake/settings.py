"""The settings of intake, beside those of every service."""

from pydantic import Field, SecretStr

from common.settings import Settings


class IntakeSettings(Settings):
    """The `OPSDESK_*` environment variables of intake."""

    port: int = Field(8001, ge=0, le=65535, description="the TCP port to listen on")
    raw_mail_days: int = Field(
        400, ge=1, description="days that a processed mail is kept as it came; what it said stays"
    )
    mail_gateway_name: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,200}$",
        description="the name with which the mail gateway's Authentication-Results begin, such as"
        " mx.example.com; without it no mail acts as staff",
    )
    alert_post_days: int = Field(
        90, ge=1, description="days that a processed post of a monitor is kept as it came"
    )
    grafana_secret: SecretStr | None = Field(
        None,
        description="the secret with which Grafana signs its posts of alerts; without it they need a token alone",
    )
