"""The settings of intake, beside those of every service."""

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from common.mail.smtp_settings import SmtpSettings
from intake.storage_settings import StorageSettings


class IntakeSettings(StorageSettings, SmtpSettings):
    """The `OPSDESK_*` environment variables of intake."""

    port: int = Field(8001, ge=0, le=65535, description="the TCP port to listen on")
    management_port: int = Field(
        9001, ge=0, le=65535, description="the TCP port of health, metrics and the API's documents"
    )
    raw_mail_days: int = Field(
        400, ge=1, description="days that a processed mail is kept as it came; what it said stays"
    )
    mail_gateway_name: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,200}$",
        description="the name with which the mail gateway's Authentication-Results begin, such as"
        " mx.example.com; without it no mail acts as staff",
    )
    mail_reply_to: str | None = Field(
        None,
        pattern=r"^[^@\s<>,]+@[^@\s<>,]+$",
        description="the address whose mail reaches intake, to which customers reply and reports of"
        " mail servers go; without it OPSDESK_MAIL_FROM",
    )
    receipts_per_hour: int = Field(
        5, ge=0, description="receipts that one address gets in an hour at most; 0: nobody gets any"
    )
    notices_optional: bool = Field(
        True,
        description="whether a contact can choose to get no notices of outages, maintenance and deliveries;"
        " false where agreements promise them to everybody",
    )
    phone_region: str = Field(
        "NL",
        pattern=r"^[A-Z]{2}$",
        description="the country (ISO 3166, such as NL) of phone numbers without a country code",
    )
    escalation_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="where people reach escalation, which knows who is on call; without it callers are"
        " shown no link",
    )
    message_check: Literal["advise", "require"] = Field(
        "advise",
        description="what soft findings in a message to a customer do: advise shows them, require"
        " refuses the message unless the sender says why",
    )
    linked_systems_file: str | None = Field(
        None,
        description="the JSON file with the accounts of linked ticket systems (docs/linked-tickets.md);"
        " without it nothing is sent to them",
    )
    alert_post_days: int = Field(
        90, ge=1, description="days that a processed post of a monitor is kept as it came"
    )
    read_days: int = Field(
        400,
        ge=1,
        description="days that it is kept who has read the personal data of a ticket, contact or mail",
    )
    reopen_days: int = Field(
        14,
        ge=0,
        description="days after its closing in which a customer's words open a ticket again; later they open"
        " another one that is linked to it",
    )
    customer_escalation_minutes: int = Field(
        60,
        ge=1,
        description="minutes within which a named person answers a customer who escalates a ticket",
    )
    long_investigation_minutes: int = Field(
        120,
        ge=1,
        description="minutes after which the search for a cause has taken long: better monitoring is owed",
    )
    grafana_secret: SecretStr | None = Field(
        None,
        description="the secret with which Grafana signs its posts of alerts; without it they need a token alone",
    )
    grafana_monitors: str | None = Field(
        None,
        pattern=r"^[^,\s]{1,200}(,[^,\s]{1,200})*$",
        description="the machines (`sub`, by commas) whose posts of alerts Grafana signs: they are taken at no"
        " address without a right signature; without it the signature guards the addresses grafana… alone",
    )

    def must_sign_alerts(self, source: str, monitor: str) -> bool:
        """Whether a post of this machine (a `sub`) under this source counts only with Grafana's signature."""
        if self.grafana_secret is None:
            return False
        return source.lower().startswith("grafana") or monitor in (
            self.grafana_monitors or ""
        ).split(",")

    @model_validator(mode="after")
    def _check_mail_to_customers(self) -> "IntakeSettings":
        if self.environment == "production" and self.sends_mail:
            if self.mail_reply_to is not None:
                self._refuse_this_machine(("mail_reply_to", self.mail_reply_to.rpartition("@")[2]))
            if self.smtp_security == "plain":
                self._refuse(
                    "smtp_security", "plain shows customers' words to everybody on the way"
                )
        return self
