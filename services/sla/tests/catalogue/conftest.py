"""The tests of the catalogue begin with an empty one."""

import pytest


@pytest.fixture
def known_services() -> tuple[str, ...]:
    return ()
