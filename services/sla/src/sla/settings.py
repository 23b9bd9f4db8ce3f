"""The settings of sla, beside those that all services have."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from common.settings import Settings


class SlaSettings(Settings):
    """The settings, read from the environment variables `OPSDESK_*` when the service starts."""

    port: int = Field(8002, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9002, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )

    provider_name: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description='the own house as agreements name it; without it, they say "the service provider"',
    )

    timestamp_authority_url: str | None = Field(
        None,
        pattern="^https?://.+",
        description="the https:// address of an RFC 3161 time-stamping authority that stamps the head of"
        " the evidence once an hour",
    )
    timestamp_authority_ca_file: Path | None = Field(
        None, description="a PEM file with the root certificates of that authority"
    )

    @model_validator(mode="after")
    def _authority_is_whole(self) -> Self:
        if (self.timestamp_authority_url is None) != (self.timestamp_authority_ca_file is None):
            raise ValueError(
                "OPSDESK_TIMESTAMP_AUTHORITY_URL and OPSDESK_TIMESTAMP_AUTHORITY_CA_FILE belong together:"
                " give both or none"
            )
        return self
