"""Of unknown variables those alone are excused whose name and value only Kubernetes writes."""

import pytest

from common.settings_checks import unknown_name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSDESK_CONSOLE_ULR", "https://desk.example.com"),
        ("OPSDESK_KAFKA_PROXY", "tcp://10.0.0.1:9092"),
        ("OPSDESK_MAILER_PORT", "https://mail.example.com"),
        ("OPSDESK_MAILER_PORT", "25"),
    ],
)
def test_an_address_as_value_excuses_no_unknown_name(name: str, value: str) -> None:
    found = unknown_name({name: value}, "OPSDESK_", {"console_url"})
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize("name", ["OPSDESK_MAILER_PORT", "OPSDESK_MAILER_PORT_25_TCP"])
def test_a_service_link_is_no_mistake(name: str) -> None:
    assert unknown_name({name: "tcp://10.0.0.1:25"}, "OPSDESK_", {"console_url"}) is None
