"""The settings of the console."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from common.settings import Settings

URL: Final = r"^https?://\S+$"
SERVICE_URLS: Final = ("intake_url", "sla_url", "escalation_url", "delivery_gate_url")
KEY_BYTES: Final = 32
ISSUER_URLS: Final = ("authorization_endpoint", "token_endpoint", "end_session_endpoint")


class ConsoleSettings(Settings):
    """Where the console is, whom it asks, and how people sign in."""

    port: int = Field(8005, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9005, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    console_url: str = Field(
        "http://127.0.0.1:8005", pattern=URL, description="where people find the console"
    )
    intake_url: str = Field("http://127.0.0.1:8001", pattern=URL, description="where intake is")
    sla_url: str = Field("http://127.0.0.1:8002", pattern=URL, description="where sla is")
    escalation_url: str = Field(
        "http://127.0.0.1:8003", pattern=URL, description="where escalation is"
    )
    delivery_gate_url: str = Field(
        "http://127.0.0.1:8004", pattern=URL, description="where delivery-gate is"
    )
    client_id: str = Field(
        "opsdesk-console", min_length=1, description="the console's client_id at the issuer"
    )
    client_secret: SecretStr | None = Field(
        None, description="its client_secret; without one PKCE alone proves who asks"
    )
    scopes: str = Field(
        "openid profile email offline_access", description="the scopes that a sign-in asks for"
    )
    authorization_endpoint: str | None = Field(
        None, pattern=URL, description="the issuer's page of signing in; else discovery names it"
    )
    token_endpoint: str | None = Field(
        None, pattern=URL, description="where the issuer gives tokens; else discovery names it"
    )
    end_session_endpoint: str | None = Field(
        None, pattern=URL, description="the issuer's page of signing out; else discovery names it"
    )
    session_keys: SecretStr = Field(
        description="keys that seal the tokens in the database, 32 bytes as url-safe base64, with commas between: "
        "the first one seals, all open",
    )
    session_hours: int = Field(
        12, ge=1, le=24, description="hours after which somebody signs in again in any case"
    )
    idle_hours: int = Field(
        8, ge=1, le=24, description="hours without a page after which somebody signs in again"
    )

    @model_validator(mode="after")
    def _check_keys(self) -> "ConsoleSettings":
        if not all(map(_is_key, self.sealing_keys())):
            self._refuse("session_keys", "one of them is no such key")
        return self

    @model_validator(mode="after")
    def _check_addresses(self) -> "ConsoleSettings":
        if self.environment != "production":
            return self
        for name in ("console_url", *SERVICE_URLS, *ISSUER_URLS):
            url = getattr(self, name)
            if url is not None and not url.startswith("https://"):
                self._refuse(name, "in production it must begin with https://")
        self._refuse_this_machine(("console_url", urlsplit(self.console_url).hostname or ""))
        return self

    def sealing_keys(self) -> tuple[str, ...]:
        """Return the keys that seal and open, the one that seals first."""
        keys = self.session_keys.get_secret_value().split(",")
        return tuple(key.strip() for key in keys)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the console by https: then cookies bear `__Host-` and Secure."""
        return self.console_url.startswith("https://")


def _is_key(key: str) -> bool:
    try:
        return len(urlsafe_b64decode(key)) == KEY_BYTES
    except (NotBase64, ValueError):
        return False
