"""Which texts are an address: one that says the same in the header of a mail."""

import pytest

from intake.directory.domain.address import is_address


@pytest.mark.parametrize(
    "address",
    ["jan@acme.example", "jan.b+x@acme.example", "o'neil_7@x", "ü@ü.example", "a..b@x.example"],
)
def test_an_address_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "ben@ours.example,eve@evil.example",
        "ben@ours.example;eve@evil.example",
        "ben@eve@evil.example",
        "<ben@ours.example>",
        '"ben"@ours.example',
        "ben(@ours.example",
        "ben@ours.example(",
        "team:ben@ours.example",
        "=?utf-8?q?ben?=@ours.example",
        "ben@=?utf-8?q?=0D=0ABcc:_eve?=.example",
        "ben @ours.example",
        "@ours.example",
        "ben@",
        "ben",
    ],
)
def test_what_would_be_another_or_two_in_a_header_is_none(address: str) -> None:
    """Pages and answers go to whoever is registered: one person alone must not add a stranger."""
    assert not is_address(address)
