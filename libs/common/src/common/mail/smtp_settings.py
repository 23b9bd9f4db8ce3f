"""The settings of a service that sends mail."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from common.settings import Settings
from common.settings_checks import unusable_ca_file


class SmtpSettings(Settings):
    """By which server mail is sent, and by whom. Without a server no mail is sent."""

    smtp_server: str = Field(
        "",
        pattern=r"^([^\s:]+:\d{1,5})?$",
        description="the mail server as host:port; empty: no mail goes out",
    )
    smtp_security: Literal["plain", "starttls", "tls"] = Field(
        "plain", description="plain, starttls or tls"
    )
    smtp_username: str | None = Field(None, description="the mail server's user")
    smtp_password: SecretStr | None = Field(None, description="that user's password")
    smtp_ca_file: Path | None = Field(
        None, description="a PEM file with the authority that signed the mail server's certificate"
    )
    mail_from: str = Field(
        "opsdesk@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="the sender's address"
    )

    @property
    def sends_mail(self) -> bool:
        """Whether mail goes out at all."""
        return bool(self.smtp_server)

    @model_validator(mode="after")
    def _check_mail_transport(self) -> "SmtpSettings":
        self._refuse("smtp_ca_file", unusable_ca_file(self.smtp_ca_file))
        if self.environment == "production" and self.sends_mail:
            self._refuse_this_machine(
                ("smtp_server", self.smtp_server.rpartition(":")[0]),
                ("mail_from", self.mail_from.rpartition("@")[2]),
            )
            if self.smtp_security == "plain" and self.smtp_password is not None:
                self._refuse("smtp_security", "plain would tell everybody on the way the password")
        return self
