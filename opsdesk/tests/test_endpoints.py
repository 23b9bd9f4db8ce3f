"""Where the services are, and what their topics are called."""

from pathlib import Path

import pytest

from opsdesk.endpoints import Endpoints, find_endpoints
from opsdesk.errors import CliError


def test_topics_begin_with_the_prefix_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_SLA_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("OPSDESK_TOPIC_PREFIX", "acme")
    endpoints = find_endpoints()
    assert endpoints.topic("opsdesk.escalations.dm") == "acme.escalations.dm"
    assert endpoints.topic("acme.escalations.dm") == "acme.escalations.dm"


def test_without_a_prefix_they_are_called_as_in_the_documents() -> None:
    assert Endpoints({}, "").topic("opsdesk.escalations.dm") == "opsdesk.escalations.dm"


def test_a_token_goes_by_http_to_neighbours_of_the_demo_alone(tmp_path: Path) -> None:
    urls = {"intake": "http://intake:8000", "sla": "http://sla.example.com:8000"}
    demo = Endpoints(urls, "", issuer=tmp_path)
    assert demo.url("intake") == "http://intake:8000"
    with pytest.raises(CliError, match="readable on the way"):
        demo.url("sla")
    with pytest.raises(CliError, match="readable on the way"):
        Endpoints(urls, "").url("intake")
