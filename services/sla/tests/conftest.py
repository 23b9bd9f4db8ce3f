"""What the tests of sla share: its database, and a customer with a promise."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the oracle and the company stand beside the tests


@pytest.fixture
def schema() -> str:
    return "sla"
