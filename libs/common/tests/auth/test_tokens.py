"""Which tokens open something, and which do not."""

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from common.auth import Caller, People
from common.auth.jwks import FixedKeys, PublicKey
from common.auth.tokens import REMEMBERED, SKEW, caller_of
from common.errors import Unauthenticated
from common.now import now

EC = ECKey.generate_key("P-256", auto_kid=True)
RSA = RSAKey.generate_key(2048, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
STRANGER = ECKey.generate_key("P-256", auto_kid=True)
ISSUER = "https://issuer.example"


def claims(**said: Any) -> dict[str, Any]:
    at = int(now().timestamp())
    usual = {"iss": ISSUER, "aud": "opsdesk", "sub": "anna", "roles": ["ops"], "exp": at + 600}
    return {name: value for name, value in (usual | said).items() if value is not None}


def signed(said: dict[str, Any], key: PublicKey = EC, alg: str = "ES256") -> bytes:
    token = jwt.encode({"alg": alg, "kid": key.kid}, said, key, algorithms=[alg])
    return b"Bearer " + token.encode()


def part(said: dict[str, Any] | bytes) -> bytes:
    """One part of a compact token."""
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def people() -> People:
    return People(ISSUER, "opsdesk", FixedKeys(EC, RSA, ED))


async def refused(authorization: bytes | None, people: People | None = None) -> str:
    with pytest.raises(Unauthenticated) as no:
        await (people or globals()["people"]()).authenticate(authorization)
    return no.value.detail


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256"), (ED, "EdDSA")])
async def test_the_three_algorithms_open(key: PublicKey, alg: str) -> None:
    caller = await people().authenticate(signed(claims(name="Anna"), key, alg))
    assert caller == Caller("anna", "Anna", roles=frozenset({"ops"}))


async def test_no_signature_opens_nothing() -> None:
    for alg in ("none", "None", "NONE", None, 5):
        bare = part({"alg": alg, "kid": EC.kid}) + b"." + part(claims()) + b"."
        assert "not valid" in await refused(b"Bearer " + bare)


async def test_the_public_key_is_no_shared_secret() -> None:
    for key in (EC, RSA):
        said = part({"alg": "HS256", "kid": key.kid}) + b"." + part(claims())
        mac = hmac.digest(key.as_pem(private=False), said, "sha256")
        forged = said + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")
        assert "not valid" in await refused(b"Bearer " + forged)


async def test_a_stranger_who_uses_our_key_id_opens_nothing() -> None:
    forged = jwt.encode({"alg": "ES256", "kid": EC.kid}, claims(), STRANGER)
    assert "not valid" in await refused(b"Bearer " + forged.encode())
    assert "unknown" in await refused(signed(claims(), STRANGER))


async def test_issuer_audience_and_time_must_fit() -> None:
    at = int(now().timestamp())
    for wrong in (
        {"iss": "https://other.example"},
        {"aud": "elsewhere"},
        {"aud": ["elsewhere"]},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"exp": None},
        {"exp": at - SKEW - 2},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"nbf": at + SKEW + 5},
    ):
        await refused(signed(claims(**wrong)))
    for right in ({"exp": at - SKEW + 10}, {"nbf": at + SKEW - 5}, {"aud": ["x", "opsdesk"]}):
        await people().authenticate(signed(claims(**right)))


async def test_nothing_or_nonsense_is_nobody() -> None:
    for odd in (None, b"", b"Bearer", b"Bearer ", b"Basic YTpi", b"Bearer a.b.c", b"Bearer \xff"):
        await refused(odd)
    await refused(b"Bearer " + b"a" * 10_000)
    await refused(b"Bearer " + b"." * 300)


@settings(max_examples=150, deadline=None)
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "crit", "typ", "b64", "jwk", "x5c"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3)),
    ),
    body=st.binary(max_size=40),
)
async def test_odd_headers_are_refused_and_never_an_error(
    header: dict[str, Any], body: bytes
) -> None:
    await refused(b"Bearer " + b".".join([part(header), part(body), b"AA"]))


async def test_a_verified_token_is_remembered_until_it_is_revoked() -> None:
    known = people()
    bearer = signed(claims(jti="one"))
    caller = await known.authenticate(bearer)
    assert known.remembered(bearer) is caller
    known.revoke(["another"])
    assert known.remembered(bearer) is caller
    known.revoke(["one"])
    assert known.remembered(bearer) is None
    assert "revoked" in await refused(bearer, known)


async def test_what_is_remembered_is_bounded_and_ends_with_the_token() -> None:
    known = people()
    at = now().timestamp()
    ending = signed(claims(exp=int(at) - SKEW + 1))
    await known.authenticate(ending)
    known._known |= {b"%d" % n: known._known[ending] for n in range(REMEMBERED)}
    await known.authenticate(signed(claims(sub="omar")))
    assert len(known._known) <= REMEMBERED + 1
    caller, _, jti = known._known[b"5"]
    known._known[b"5"] = (caller, at - 1, jti)
    assert known.remembered(b"5") is None


def test_unknown_roles_and_scopes_count_for_nothing() -> None:
    caller = caller_of(claims(roles=["ops", "admin", 5], scope="portal root tickets:open"))
    assert caller.roles == {"ops"}
    assert caller.scopes == {"portal"}
    assert not caller_of(claims(roles={"ops": 1})).roles


def test_a_contact_without_customer_or_with_a_staff_role_is_refused() -> None:
    assert caller_of(claims(roles=["customer"], customer="acme")).customer == "acme"
    for wrong in (
        {"roles": ["customer"]},
        {"roles": ["ops"], "customer": "acme"},
        {"roles": ["customer", "ops"], "customer": "acme"},
        {"roles": ["customer"], "customer": ["acme"]},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "x" * 300},
    ):
        with pytest.raises(Unauthenticated):
            caller_of(claims(**wrong))
