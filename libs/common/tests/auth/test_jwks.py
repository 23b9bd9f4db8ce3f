"""Keys of the issuer: read when needed, not too often, and again when they change."""

import json
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from common.auth import jwks
from common.auth.jwks import FixedKeys, IssuerKeys, KeySource


def key_set(*known: ECKey | RSAKey | OctKey) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) for key in known]})


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readings follow each other at once."""
    monkeypatch.setattr(jwks, "MIN_REFRESH_INTERVAL_S", 0.0)


@pytest.mark.parametrize("kind", ["fixed", "issuer"])
async def test_keys_are_found_by_their_id(kind: str, tmp_path: Path) -> None:
    """The contract of both kinds."""
    first = ECKey.generate_key("P-256", auto_kid=True)
    second = RSAKey.generate_key(2048, auto_kid=True)
    (tmp_path / "jwks.json").write_text(key_set(first, second))
    known: KeySource = (
        FixedKeys(first, second) if kind == "fixed" else IssuerKeys(str(tmp_path / "jwks.json"))
    )
    await known.refresh()
    found = await known.find(second.kid)
    assert found is not None
    assert found.kid == second.kid
    assert await known.find("nobody's") is None
    assert await known.find(None) is None, "two keys: which one must be said"
    assert known.trouble is None


@pytest.mark.usefixtures("unhurried")
async def test_a_new_key_is_read_and_a_withdrawn_one_noticed(tmp_path: Path) -> None:
    old, new = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
    path = tmp_path / "jwks.json"
    path.write_text(key_set(old))
    known = IssuerKeys(str(path))
    assert await known.find(old.kid)
    path.write_text(key_set(old, new))
    assert await known.find(new.kid)
    assert known.withdrawal_count == 0
    path.write_text(key_set(new))
    await known.refresh()
    assert known.withdrawal_count == 1
    assert await known.find(old.kid) is None


async def test_unknown_keys_do_not_make_us_read_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(key_set(ECKey.generate_key("P-256", auto_kid=True)))
    known = IssuerKeys(str(path))
    readings = 0
    fetch = known._fetch

    async def counted() -> bytes:
        nonlocal readings
        readings += 1
        return await fetch()

    monkeypatch.setattr(known, "_fetch", counted)
    for attempt in range(20):
        assert await known.find(f"guess {attempt}") is None
    assert readings == 1


@pytest.mark.usefixtures("unhurried")
async def test_keys_known_so_far_count_while_the_issuer_is_away(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    path = tmp_path / "jwks.json"
    known = IssuerKeys(str(path))
    assert await known.find(key.kid) is None
    assert "cannot be read" in (known.trouble or "")
    path.write_text(key_set(key))
    assert await known.find(key.kid)
    for broken in (
        "{",
        "[]",
        '{"keys": 5}',
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2g"}, {}, 7]}',
    ):
        path.write_text(broken)
        await known.refresh()
        assert await known.find(key.kid)
    assert known.trouble is None


@pytest.mark.usefixtures("unhurried")
async def test_an_address_is_read_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    answers = iter(
        [
            httpx.Response(500),
            httpx.Response(200, content=b"x" * (jwks.MAX_KEY_SET_BYTES + 1)),
            httpx.Response(200, text=key_set(key)),
        ]
    )
    transport = httpx.MockTransport(lambda _: next(answers))
    client = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **_: client(transport=transport))
    known = IssuerKeys("https://issuer.example/jwks")
    assert await known.find(key.kid) is None
    assert await known.find(key.kid) is None
    assert await known.find(key.kid)
