"""Which tokens are accepted, and which are not."""

import base64
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from common.auth import Authenticator, Caller
from common.auth.claims import (
    ACCESS_TOKEN_TYPE,
    CLOCK_SKEW_S,
    MAX_LIFETIME_S,
    TokenPolicy,
)
from common.auth.jwks import FixedKeys, PublicKey
from common.auth.revoked import Revocations
from common.auth.tokens import MAX_CACHED_TOKENS
from common.errors import Unauthenticated
from common.now import now

EC = ECKey.generate_key("P-256", auto_kid=True)
RSA = RSAKey.generate_key(2048, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
STRANGER = ECKey.generate_key("P-256", auto_kid=True)
ISSUER = "https://issuer.example"


def claims(**overrides: Any) -> dict[str, Any]:
    at = int(now().timestamp())
    usual: dict[str, Any] = {"iss": ISSUER, "aud": "opsdesk", "sub": "anna", "roles": ["ops"]}
    usual |= {"jti": "first", "iat": at, "exp": at + 600}
    return {name: value for name, value in (usual | overrides).items() if value is not None}


def sign_token(
    claims_set: dict[str, Any],
    key: PublicKey = EC,
    alg: str = "ES256",
    typ: str | None = ACCESS_TOKEN_TYPE,
) -> bytes:
    header = {"alg": alg, "kid": key.kid} | ({} if typ is None else {"typ": typ})
    token = jwt.encode(header, claims_set, key, algorithms=[alg])
    return b"Bearer " + token.encode()


def encode_part(content: dict[str, Any] | bytes) -> bytes:
    """One part of a compact token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def authenticator() -> Authenticator:
    return Authenticator(ISSUER, "opsdesk", FixedKeys(EC, RSA, ED))


async def assert_refused(authorization: bytes | None, used: Authenticator | None = None) -> str:
    with pytest.raises(Unauthenticated) as no:
        await (used or authenticator()).authenticate(authorization)
    return no.value.detail


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256"), (ED, "EdDSA")])
async def test_the_three_algorithms_open(key: PublicKey, alg: str) -> None:
    caller = await authenticator().authenticate(sign_token(claims(name="Anna"), key, alg))
    assert caller == Caller("anna", "Anna", roles=frozenset({"ops"}))


async def test_no_signature_opens_nothing() -> None:
    for alg in ("none", "None", "NONE", None, 5):
        bare = encode_part({"alg": alg, "kid": EC.kid}) + b"." + encode_part(claims()) + b"."
        assert "not valid" in await assert_refused(b"Bearer " + bare)


async def test_the_public_key_is_no_shared_secret() -> None:
    for key in (EC, RSA):
        signing_input = encode_part({"alg": "HS256", "kid": key.kid}) + b"." + encode_part(claims())
        mac = hmac.digest(key.as_pem(private=False), signing_input, "sha256")
        forged = signing_input + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")
        assert "not valid" in await assert_refused(b"Bearer " + forged)


async def test_a_stranger_who_uses_our_key_id_opens_nothing() -> None:
    forged = jwt.encode({"alg": "ES256", "kid": EC.kid}, claims(), STRANGER)
    assert "not valid" in await assert_refused(b"Bearer " + forged.encode())
    assert "unknown" in await assert_refused(sign_token(claims(), STRANGER))


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
        {"iat": None},
        {"iat": "then"},
        {"iat": float("nan")},
        {"iat": float("-inf")},
        {"exp": 10**400},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 300},
        {"exp": at - CLOCK_SKEW_S - 2},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"nbf": at + CLOCK_SKEW_S + 5},
    ):
        await assert_refused(sign_token(claims(**wrong)))
    for right in (
        {"exp": at - CLOCK_SKEW_S + 10},
        {"nbf": at + CLOCK_SKEW_S - 5},
        {"aud": ["x", "opsdesk"]},
    ):
        await authenticator().authenticate(sign_token(claims(**right)))


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_from_the_future_is_told_from_a_bad_one(claim: str) -> None:
    later = int(now().timestamp()) + 3600
    assert "clocks" in await assert_refused(sign_token(claims(**{claim: later})))


async def test_nothing_or_nonsense_is_nobody() -> None:
    for odd in (None, b"", b"Bearer", b"Bearer ", b"Basic YTpi", b"Bearer a.b.c", b"Bearer \xff"):
        await assert_refused(odd)
    await assert_refused(b"Bearer " + b"a" * 10_000)
    await assert_refused(b"Bearer " + b"." * 300)


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
    await assert_refused(b"Bearer " + b".".join([encode_part(header), encode_part(body), b"AA"]))


async def test_a_verified_token_is_remembered_until_it_is_revoked() -> None:
    known = authenticator()
    bearer = sign_token(claims(jti="one"))
    caller = await known.authenticate(bearer)
    assert known.cached_caller(bearer) is caller
    known.set_revoked(Revocations(token_ids=frozenset({"another"})))
    assert known.cached_caller(bearer) is caller
    known.set_revoked(Revocations(token_ids=frozenset({"one"})))
    assert known.cached_caller(bearer) is None
    assert "revoked" in await assert_refused(bearer, known)


async def test_what_is_remembered_is_bounded_and_ends_with_the_token() -> None:
    known = authenticator()
    at = now().timestamp()
    ending = sign_token(claims(exp=int(at) - CLOCK_SKEW_S + 1))
    await known.authenticate(ending)
    known._cache |= {b"%d" % n: known._cache[ending] for n in range(MAX_CACHED_TOKENS)}
    await known.authenticate(sign_token(claims(sub="omar")))
    assert len(known._cache) <= MAX_CACHED_TOKENS + 1
    known._cache[b"5"] = replace(known._cache[b"5"], expires_at=at - 1)
    assert known.cached_caller(b"5") is None


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "id+jwt", "dpop+jwt", "at+jwt+x", ""])
async def test_only_an_access_token_opens(typ: str | None) -> None:
    """An ID token of the same issuer is signed by the same key and names the same person."""
    assert "access token" in await assert_refused(sign_token(claims(), typ=typ))


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_an_access_token_is_known_in_each_spelling(typ: str) -> None:
    assert (await authenticator().authenticate(sign_token(claims(), typ=typ))).sub == "anna"


async def test_an_issuer_of_its_own_type_is_a_setting() -> None:
    other = Authenticator(ISSUER, "opsdesk", FixedKeys(EC), TokenPolicy(type="JWT"))
    assert (await other.authenticate(sign_token(claims(), typ="JWT"))).sub == "anna"
    await assert_refused(sign_token(claims()), other)


async def test_no_token_lives_longer_than_the_settings_allow() -> None:
    at = int(now().timestamp())
    for iat in (at, at - 600):
        await authenticator().authenticate(sign_token(claims(iat=iat, exp=iat + MAX_LIFETIME_S)))
        too_long = sign_token(claims(iat=iat, exp=iat + MAX_LIFETIME_S + 1))
        assert "shorter" in await assert_refused(too_long)


async def test_a_person_or_client_is_revoked_with_all_tokens_of_before() -> None:
    at = int(now().timestamp())
    of_person = sign_token(claims(jti="a", iat=at - 5))
    of_client = sign_token(claims(sub="robot", roles=[], jti="b", iat=at - 5, client_id="ci"))
    by_azp = sign_token(claims(sub="robot", roles=[], jti="c", iat=at - 5, azp="ci"))
    later = sign_token(claims(jti="d", iat=at))
    other = sign_token(claims(sub="omar", jti="e", iat=at - 5, client_id="console"))
    known = authenticator()
    for bearer in (of_person, of_client, by_azp, later, other):
        await known.authenticate(bearer)
    known.set_revoked(Revocations(people={"anna": at - 1.0}, clients={"ci": at - 1.0}))
    for bearer in (of_person, of_client, by_azp):
        assert known.cached_caller(bearer) is None
        assert "revoked" in await assert_refused(bearer, known)
    for bearer in (later, other):
        assert known.cached_caller(bearer) is not None


async def test_every_refusal_has_a_code_for_security_events() -> None:
    at = int(now().timestamp())
    for bearer, reason in (
        (None, "no_token"),
        (b"Basic YTpi", "malformed"),
        (b"Bearer a.b.c", "not_valid"),
        (sign_token(claims(), STRANGER), "unknown_key"),
        (sign_token(claims(exp=at - 60)), "expired"),
        (sign_token(claims(iat=at + 600)), "early"),
        (sign_token(claims(jti=None)), "claims"),
        (sign_token(claims(), typ="JWT"), "wrong_type"),
        (sign_token(claims(exp=at + 10**6)), "too_long"),
        (sign_token(claims(scope="portal")), "mixed"),
        (sign_token(claims(customer="acme")), "no_identity"),
    ):
        with pytest.raises(Unauthenticated) as no:
            await authenticator().authenticate(bearer)
        assert no.value.reason == reason
