"""`at_hash` binds an ID token to the access token beside it (OIDC Core 3.1.3.6)."""

import pytest

from console.sign_in.identity import access_hash

BY_ALGORITHM = {
    "RS256": "FPlcM-1UXiivOYozpUrp7Q",
    "ES256": "FPlcM-1UXiivOYozpUrp7Q",
    "EdDSA": "9UL8Bx6o74X3_A6XW5iK4-LmMHW0iJMLZ2YNNd2z1kc",
}
"""As `oidc-token-hash` of npm makes them, which providers use."""


@pytest.mark.parametrize("algorithm", BY_ALGORITHM)
def test_it_is_half_of_the_hash_that_goes_with_the_algorithm(algorithm: str) -> None:
    assert access_hash("an access token", algorithm) == BY_ALGORITHM[algorithm]
