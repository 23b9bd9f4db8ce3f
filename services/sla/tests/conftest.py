"""What the tests of sla share: its database."""

import pytest


@pytest.fixture
def schema() -> str:
    return "sla"
