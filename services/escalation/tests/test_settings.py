"""Settings that are refused at the start."""

import pytest
from pydantic import ValidationError

from escalation.settings import EscalationSettings
from opsdesk_testing.client import settings_for

PRODUCTION = {
    "environment": "production",
    "time_mode": "real",
    "kafka_username": "escalation",
    "kafka_password": "x",
}


def test_a_production_start_without_a_fallback_email_is_refused() -> None:
    """E4: somebody must be reachable when nobody else is."""
    with pytest.raises(ValidationError, match="OPSDESK_FALLBACK_EMAIL is missing"):
        settings_for(EscalationSettings, "postgresql://x", **PRODUCTION)
    settings = settings_for(
        EscalationSettings, "postgresql://x", fallback_email="a@b.c", **PRODUCTION
    )
    assert settings.port == 8003


@pytest.mark.parametrize(
    "wrong", [{"smtp_server": "mailhost"}, {"mail_from": "nobody"}, {"public_url": "ftp://x"}]
)
def test_an_invalid_address_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings_for(EscalationSettings, "postgresql://x", **wrong)
