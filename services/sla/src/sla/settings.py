"""The settings of sla, beside those that all services have."""

from pydantic import Field

from common.settings import Settings


class SlaSettings(Settings):
    """The settings, read from the environment variables `OPSDESK_*` when the service starts."""

    port: int = Field(8002, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9002, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
