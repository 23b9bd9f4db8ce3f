"""What sla is told by its environment, beside what every service is told."""

from pydantic import Field

from common.settings import Settings


class SlaSettings(Settings):
    """`OPSDESK_*` variables, read once."""

    port: int = Field(8002, ge=0, le=65535, description="the TCP port to listen on")
