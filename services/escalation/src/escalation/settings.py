"""The settings of the escalation service."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from common.mail.smtp_settings import SmtpSettings

LOCAL_FALLBACK_EMAIL = "on-duty@localhost"
KEY_BYTES: Final = 32


class EscalationSettings(SmtpSettings):
    """How mail is sent, where links in it lead, and who is notified when nobody else can be."""

    port: int = Field(8003, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9003, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    smtp_server: str = Field(
        "127.0.0.1:25", pattern=r"^[^\s:]+:\d{1,5}$", description="the mail server as host:port"
    )
    fallback_email: str = Field(
        LOCAL_FALLBACK_EMAIL,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="the address to notify when nobody else can be",
    )
    public_url: str = Field(
        "http://127.0.0.1:8003",
        pattern=r"^https?://\S+$",
        description="where people reach escalation: links that acknowledge lead there, and without a console all",
    )
    ack_keys: SecretStr | None = Field(
        None,
        description="keys that sign the links that acknowledge, 32 bytes as url-safe base64, with commas between:"
        " the first one signs, all are accepted; without it mails have no such link",
    )
    sla_url: str = Field(
        "http://127.0.0.1:8002",
        pattern=r"^https?://\S+$",
        description="where links to reviews in mails lead without a console",
    )

    @model_validator(mode="after")
    def _require_fallback_email(self) -> "EscalationSettings":
        if self.environment == "production" and self.fallback_email == LOCAL_FALLBACK_EMAIL:
            raise ValueError(
                "OPSDESK_FALLBACK_EMAIL is missing: give the address to notify when nobody else can be"
            )
        return self

    @model_validator(mode="after")
    def _refuse_this_machine_in_production(self) -> "EscalationSettings":
        if self.environment == "production":
            self._refuse_this_machine(
                ("fallback_email", self.fallback_email.rpartition("@")[2]),
                ("public_url", urlsplit(self.public_url).hostname or ""),
                ("sla_url", urlsplit(self.sla_url).hostname or ""),
            )
        return self

    @model_validator(mode="after")
    def _check_keys(self) -> "EscalationSettings":
        if not all(len(key) == KEY_BYTES for key in self.signing_keys()):
            self._refuse("ack_keys", "one of them is no such key")
        return self

    def signing_keys(self) -> tuple[bytes, ...]:
        """Return the keys of the links that acknowledge, the one that signs first; none: there are no such links."""
        if self.ack_keys is None:
            return ()
        return tuple(map(_decode, self.ack_keys.get_secret_value().split(",")))

    @model_validator(mode="after")
    def _check_links(self) -> "EscalationSettings":
        if self.environment == "production":
            for name in ("public_url", "sla_url"):
                if not getattr(self, name).startswith("https://"):
                    self._refuse(name, "in production it must begin with https://")
        return self


def _decode(key: str) -> bytes:
    """The bytes of a key; none for what is no base64."""
    try:
        return urlsafe_b64decode(key.strip())
    except (NotBase64, ValueError):
        return b""
