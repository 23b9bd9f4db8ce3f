"""Whose address a request is counted by."""

import pytest

from common.http.client_address import ClientAddresses
from common.settings_checks import unusable_networks


def address(
    peer: str, *headers: tuple[str, str], proxies: str = "", header: str = "x-forwarded-for"
) -> str:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "client": (peer, 4711), "headers": raw}
    return ClientAddresses.from_settings(proxies, header).of(scope)


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1", "::1"])
@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded"])
def test_nobody_is_believed_unless_a_setting_says_so(peer: str, name: str) -> None:
    claimed = address(peer, (name, "for=198.51.100.7" if name == "forwarded" else "198.51.100.7"))
    assert claimed == address(peer)


XFF = "x-forwarded-for"
INNER = "10.0.0.0/8,127.0.0.1"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),  # what the caller wrote is before it
        (["203.0.113.9", "198.51.100.7, 10.2.3.4"], "198.51.100.7"),
        (["198.51.100.7:4711"], "198.51.100.7"),
        (["[2001:db8:1:2:3::9]:4711"], "2001:db8:1:2::/64"),
        (["unknown"], "10.1.1.1"),
        (["198.51.100.7, nonsense"], "10.1.1.1"),
        ([""], "10.1.1.1"),
        ([], "10.1.1.1"),
        (["10.9.9.9"], "10.9.9.9"),
    ],
)
def test_a_trusted_proxy_is_believed_as_far_as_it_wrote(values: list[str], expected: str) -> None:
    headers = [(XFF, value) for value in values]
    assert address("10.1.1.1", *headers, proxies=INNER) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("for=198.51.100.7;proto=https;by=203.0.113.43", "198.51.100.7"),
        ('for=203.0.113.9, For="198.51.100.7:4711"', "198.51.100.7"),
        ('for="[2001:db8:1:2:3::9]:4711"', "2001:db8:1:2::/64"),
        ("proto=https; for=198.51.100.7", "198.51.100.7"),
        ("for=_hidden", "10.1.1.1"),
        ("for=unknown", "10.1.1.1"),
        ("by=198.51.100.7", "10.1.1.1"),
    ],
)
def test_forwarded_is_read_where_the_proxies_write_it(value: str, expected: str) -> None:
    found = address("10.1.1.1", ("forwarded", value), proxies=INNER, header="forwarded")
    assert found == expected


def test_only_the_header_that_the_proxies_write_is_read() -> None:
    """The other one comes from the caller, through the proxy."""
    both = [("forwarded", "for=203.0.113.9"), (XFF, "198.51.100.7")]
    assert address("10.1.1.1", *both, proxies=INNER) == "198.51.100.7"
    assert address("10.1.1.1", *both, proxies=INNER, header="forwarded") == "203.0.113.9"


def test_a_proxy_is_known_on_a_socket_for_both_families() -> None:
    assert address("::ffff:10.1.1.1", (XFF, "198.51.100.7"), proxies=INNER) == "198.51.100.7"
    assert address("::ffff:192.0.2.1", (XFF, "198.51.100.7"), proxies=INNER) == "192.0.2.1"


def test_a_stranger_who_pretends_to_be_a_proxy_is_counted_as_himself() -> None:
    assert address("192.0.2.1", (XFF, "198.51.100.7"), proxies=INNER) == "192.0.2.1"


def test_all_addresses_of_one_network_are_one_caller() -> None:
    assert address("2001:db8:1:2:3:4:5:6") == address("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert address("::ffff:192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize("wrong", ["10.0.0.0/8,proxy.example", "0.0.0.0/0", "::/0", "10.0.0.1/8"])
def test_proxies_that_cannot_be_trusted_end_the_start(wrong: str) -> None:
    assert unusable_networks(wrong) is not None
    assert unusable_networks(INNER) is None
