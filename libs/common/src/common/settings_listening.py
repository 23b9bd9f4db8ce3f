"""The settings of where a service listens: for callers, and for ops."""

from typing import Literal

from pydantic import Field

from common.settings_process import ProcessSettings


class ListeningSettings(ProcessSettings):
    """Part of the settings that every service has."""

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="the TCP port to listen on")
    management_host: str = Field(
        "127.0.0.1",
        description="the address of the management port: health, metrics and the API's documents, without a token; "
        "none that callers reach",
    )
    management_port: int = Field(
        9000, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    max_connections: int = Field(
        2000,
        ge=10,
        le=100_000,
        description="connections of callers that one replica holds; beyond, the one that has waited longest is closed",
    )
    trusted_proxies: str = Field(
        "",
        description="the addresses or networks of the proxies in front, as 10.1.2.3,10.2.0.0/16: they alone are "
        "believed who the caller's address is",
    )
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="the header in which those proxies write it: x-forwarded-for or forwarded (RFC 7239); the other "
        "one is not read",
    )
