"""Feeds are fetched with limits, and never from our own network."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.now import now
from common.outbound_addresses import Address, is_public
from sla.calendars import feed_client
from sla.calendars.feed_client import MAX_FEED_BYTES, FeedFetcher, FeedFetchError
from sla_support.feed_site import (
    HERE,
    fetcher_resolving_to,
    http_response,
    redirect_to,
    running_site,
)


@pytest.mark.parametrize(
    "written",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::",
    ],
)
async def test_our_own_addresses_are_not_public(written: str) -> None:
    assert not is_public(ip_address(written))
    host = f"[{written}]" if ":" in written else written
    with pytest.raises(FeedFetchError, match="not a public address"):
        await FeedFetcher().fetch(f"http://{host}/feed.ics")


@pytest.mark.parametrize("written", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_world_is_public(written: str) -> None:
    assert is_public(ip_address(written))


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "017700000001"])
async def test_however_this_machine_is_written_it_is_refused(host: str) -> None:
    with pytest.raises(FeedFetchError):
        await FeedFetcher().fetch(f"http://{host}/feed.ics")


async def test_the_name_is_looked_up_once_and_that_very_address_is_asked() -> None:
    """A name that says something else a moment later leads nowhere else."""
    looked_up = []

    async def changing(host: str, port: int) -> Sequence[Address]:
        looked_up.append(host)
        return [HERE] if len(looked_up) == 1 else [ip_address("10.0.0.1")]

    async with running_site(http_response(b"BEGIN:VCALENDAR")) as site:
        fetcher = FeedFetcher(changing, lambda address: address == HERE)
        url = f"http://acme.example:{site.port}/feed.ics?token=1#top"
        assert await fetcher.fetch(url) == b"BEGIN:VCALENDAR"
    assert looked_up == ["acme.example"]
    assert site.requests[0].startswith("GET /feed.ics?token=1 HTTP/1.1\r\n")
    assert f"host: acme.example:{site.port}\r\n" in site.requests[0].lower()


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async with running_site(http_response(b"x")) as site:
        mixed = fetcher_resolving_to(HERE, ip_address("10.0.0.1"))
        with pytest.raises(FeedFetchError, match="not a public address"):
            await mixed.fetch(f"http://acme.example:{site.port}/")
    assert site.requests == []


@pytest.mark.parametrize(
    "to", ["http://10.0.0.1/", "file:///etc/passwd", "http://u:p@acme.example/"]
)
async def test_a_redirect_is_judged_anew(to: str) -> None:
    async with running_site(redirect_to(to), http_response(b"secret")) as site:
        with pytest.raises(FeedFetchError):
            await fetcher_resolving_to(HERE).fetch(f"http://acme.example:{site.port}/")
    assert len(site.requests) == 1


async def test_redirects_are_followed_but_not_for_ever() -> None:
    async with running_site(redirect_to("/there"), http_response(b"feed")) as site:
        assert (
            await fetcher_resolving_to(HERE).fetch(f"http://acme.example:{site.port}/") == b"feed"
        )
    async with running_site(redirect_to("/again")) as site:
        with pytest.raises(FeedFetchError, match="redirects"):
            await fetcher_resolving_to(HERE).fetch(f"http://acme.example:{site.port}/")
    assert len(site.requests) == 4


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (http_response(b"", status="404 Not Found"), "404"),
        (http_response(b"x", "Content-Encoding: gzip"), "compressed"),
        (http_response(b"x" * (MAX_FEED_BYTES + 1)), "longer"),
        (b"no http at all\r\n\r\n", "cannot be fetched"),
    ],
)
async def test_what_is_no_feed_or_too_much_is_refused(answer: bytes, message: str) -> None:
    async with running_site(answer) as site:
        with pytest.raises(FeedFetchError, match=message):
            await fetcher_resolving_to(HERE).fetch(f"http://acme.example:{site.port}/")


async def test_who_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_client, "FETCH_TIMEOUT_S", 0.2)
    server = await asyncio.start_server(_silent, str(HERE), 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(FeedFetchError):
        await fetcher_resolving_to(HERE).fetch(f"http://acme.example:{port}/")
    server.close()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(("certified", "good"), [("acme.example", True), ("other.example", False)])
async def test_a_certificate_must_be_that_of_the_name(
    certified: str, good: bool, tmp_path: Path
) -> None:
    """The connection goes to a number; what is asked for and verified is the name."""
    file = tmp_path / "site.pem"
    file.write_bytes(create_self_signed(certified))
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(file)
    asked_for: list[str | None] = []
    server_side.sni_callback = lambda _, name, __: asked_for.append(name)
    trusts = ssl.create_default_context(cafile=str(file))
    async with running_site(http_response(b"feed"), tls=server_side) as site:
        fetcher = FeedFetcher(
            fetcher_resolving_to(HERE).resolver, lambda address: address == HERE, trusts
        )
        fetched = fetcher.fetch(f"https://acme.example:{site.port}/")
        if good:
            assert await fetched == b"feed"
        else:
            with pytest.raises(FeedFetchError, match="cannot be fetched"):
                await fetched
    assert asked_for == ["acme.example"]


def create_self_signed(name: str) -> bytes:
    """Key and certificate of a site, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_format = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, *key_format) + certificate.public_bytes(pem)
