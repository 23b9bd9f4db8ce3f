"""By https nobody is believed whose certificate is neither of a public authority nor of one that was named."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from common.auth.jwks import IssuerKeys
from common.outbound_tls import trusted_by_https
from tests.security.authority import Authority


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca", "ours")


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


@pytest.fixture
async def issuer(ours: Authority, key: ECKey) -> AsyncIterator[str]:
    """The address of keys behind a certificate of our authority, for the name `localhost`."""
    certificate = ours.issue("localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    body = httpx.Response(200, json={"keys": [key.as_dict(private=False)]}).content
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}/jwks.json"
    server.close()


async def test_keys_are_read_where_the_authority_was_named(
    issuer: str, ours: Authority, key: ECKey
) -> None:
    keys = IssuerKeys(issuer, ours.file)
    assert await keys.find(key.kid) is not None
    assert keys.trouble is None


@pytest.mark.parametrize("named", [False, True], ids=["none", "another"])
async def test_an_authority_that_is_not_ours_is_refused_and_said(
    issuer: str, key: ECKey, named: bool, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "ca", "stranger").file if named else None
    keys = IssuerKeys(issuer, stranger)
    assert await keys.find(key.kid) is None
    assert keys.trouble == (
        f"{issuer} cannot be read: its certificate is of an authority that is not trusted, see OPSDESK_HTTPS_CA_FILE"
    )


async def test_another_name_of_the_same_machine_is_refused(issuer: str, ours: Authority) -> None:
    keys = IssuerKeys(issuer.replace("localhost", "127.0.0.1"), ours.file)
    await keys.refresh()
    assert keys.trouble is not None


def test_the_public_authorities_stay_beside_ones_own(ours: Authority) -> None:
    beside = trusted_by_https(ours.file)
    assert isinstance(beside, ssl.SSLContext)
    public = httpx.create_ssl_context().cert_store_stats()["x509_ca"]
    assert beside.cert_store_stats()["x509_ca"] == public + 1
    assert beside.verify_mode is ssl.CERT_REQUIRED
    assert beside.check_hostname
    assert trusted_by_https(None) is True
