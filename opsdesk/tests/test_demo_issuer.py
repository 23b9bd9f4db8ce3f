"""The page "Who are you?": an OpenID provider for one client, whose codes and renewals are good once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import ASGITransport, AsyncClient
from joserfc import jwt
from joserfc.jwk import KeySet

from common.auth.local_issuer import LocalIssuer
from opsdesk.company.demo_data import Identity
from opsdesk.demo_issuer.app import DemoIssuer
from opsdesk.demo_issuer.grants import CODE_S, RENEWAL_S, Grants, s256

BACK = "http://127.0.0.1:8005/signed-in"
VERIFIER = "a verifier of this browser alone"
QUERY = {
    "response_type": "code",
    "client_id": "opsdesk-console",
    "redirect_uri": BACK,
    "state": "state-1",
    "nonce": "nonce-1",
    "code_challenge": s256(VERIFIER),
    "code_challenge_method": "S256",
}
PEOPLE = {
    "anna": Identity("anna", "Anna <de> Vries", "anna@meridian.example", ("ops",)),
    "jan": Identity("jan", "Jan Bakker", "jan@acme.example", ("customer",), "acme"),
    "desk": Identity("desk", "Desk", "desk@hosthaven.example", ("partner",), partner="hosthaven"),
}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    made = DemoIssuer(
        LocalIssuer(tmp_path), PEOPLE, {"anna": "Europe/Rome"}, "opsdesk-console", BACK
    )
    async with AsyncClient(transport=ASGITransport(made.app()), base_url="http://issuer") as http:
        yield http


async def code_for(http: AsyncClient, person: str = "anna") -> str:
    answer = await http.get("/choose", params={**QUERY, "person": person})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["state-1"]
    assert query["iss"] == ["urn:opsdesk:issuer:local"]
    return query["code"][0]


def redemption(code: str, **changed: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": "opsdesk-console",
        "code_verifier": VERIFIER,
    }
    return form | changed


async def test_people_are_links_that_keep_the_request(http: AsyncClient) -> None:
    page = (await http.get("/authorize", params=QUERY)).text
    assert "Who are you?" in page
    assert "Anna &lt;de&gt; Vries" in page
    assert "nonce=nonce-1" in page
    assert "<form" not in page


async def test_a_code_gets_tokens_of_the_person(http: AsyncClient) -> None:
    answer = await http.post("/token", data=redemption(await code_for(http)))
    keys = KeySet.import_key_set((await http.get("/jwks.json")).json())
    claims = jwt.decode(answer.json()["id_token"], keys).claims
    assert (claims["sub"], claims["aud"], claims["nonce"]) == (
        "anna",
        "opsdesk-console",
        "nonce-1",
    )
    assert claims["zoneinfo"] == "Europe/Rome"
    access = jwt.decode(answer.json()["access_token"], keys).claims
    assert (access["roles"], access["aud"]) == (["ops"], "opsdesk")


@pytest.mark.parametrize(
    ("person", "party"), [("jan", ("acme", None)), ("desk", (None, "hosthaven"))]
)
async def test_an_outsider_s_token_names_whose_they_are(
    http: AsyncClient, person: str, party: tuple[str | None, str | None]
) -> None:
    answer = await http.post("/token", data=redemption(await code_for(http, person)))
    keys = KeySet.import_key_set((await http.get("/jwks.json")).json())
    access = jwt.decode(answer.json()["access_token"], keys).claims
    assert (access.get("customer"), access.get("partner")) == party


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "of another browser"},
        {"redirect_uri": "http://evil.example"},
        {"client_id": "another"},
        {"grant_type": "password"},
    ],
    ids=str,
)
async def test_a_code_is_for_who_asked(http: AsyncClient, changed: dict[str, str]) -> None:
    answer = await http.post("/token", data=redemption(await code_for(http), **changed))
    assert answer.status_code == 400


async def test_a_code_is_good_once_and_its_second_use_ends_the_sign_in(http: AsyncClient) -> None:
    code = await code_for(http)
    first = (await http.post("/token", data=redemption(code))).json()
    assert (await http.post("/token", data=redemption(code))).status_code == 400
    renewal = {
        "grant_type": "refresh_token",
        "refresh_token": first["refresh_token"],
        "client_id": "opsdesk-console",
    }
    assert (await http.post("/token", data=renewal)).json() == {"error": "invalid_grant"}


async def test_a_renewal_is_good_once(http: AsyncClient) -> None:
    first = (await http.post("/token", data=redemption(await code_for(http)))).json()
    form = {"grant_type": "refresh_token", "client_id": "opsdesk-console"}
    used = form | {"refresh_token": first["refresh_token"]}
    second = await http.post("/token", data=used)
    assert second.status_code == 200
    assert (await http.post("/token", data=used)).status_code == 400
    later = form | {"refresh_token": second.json()["refresh_token"]}
    assert (await http.post("/token", data=later)).status_code == 400, "somebody else has it, too"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://evil.example"},
        {"client_id": "another"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"state": ""},
        {"response_type": "token"},
    ],
    ids=str,
)
async def test_nobody_is_led_anywhere_for_a_request_that_is_wrong(
    http: AsyncClient, changed: dict[str, str]
) -> None:
    for path in ("/authorize", "/choose"):
        answer = await http.get(path, params={**QUERY, "person": "anna", **changed})
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_codes_and_renewals_end() -> None:
    grants = Grants()
    code = grants.give_code("anna", QUERY, 100)
    assert grants.redeem(redemption(code), 100 + CODE_S) is None
    grant = grants.redeem(redemption(grants.give_code("anna", QUERY, 100)), 100)
    assert grant is not None
    form = {"refresh_token": grants.give_renewal(grant, 100), "client_id": "opsdesk-console"}
    assert grants.renew(form, 100 + RENEWAL_S) is None


@dataclass
class Client(httpx.AsyncBaseTransport):
    """The console, as the issuer reaches it."""

    status: int = 200
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.status == 0:
            raise httpx.ConnectError("away")
        return httpx.Response(self.status)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
async def issuer(tmp_path: Path, client: Client) -> AsyncIterator[AsyncClient]:
    """An issuer that reaches the console."""
    made = DemoIssuer(LocalIssuer(tmp_path), PEOPLE, {}, "opsdesk-console", BACK, transport=client)
    async with AsyncClient(transport=ASGITransport(made.app()), base_url="http://issuer") as http:
        yield http


async def test_who_signs_out_here_is_signed_out_everywhere(
    issuer: AsyncClient, client: Client
) -> None:
    tokens = (await issuer.post("/token", data=redemption(await code_for(issuer)))).json()
    page = await issuer.get("/end-session", params={"id_token_hint": tokens["id_token"]})
    assert "In every browser." in page.text
    [request] = client.requests
    assert str(request.url) == "http://127.0.0.1:8005/back-channel-logout"
    keys = KeySet.import_key_set((await issuer.get("/jwks.json")).json())
    logout = jwt.decode(parse_qs(request.content.decode())["logout_token"][0], keys)
    assert logout.header["typ"] == "logout+jwt"
    assert (logout.claims["sub"], logout.claims["aud"]) == ("anna", "opsdesk-console")
    assert "nonce" not in logout.claims
    renewal = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": "opsdesk-console",
    }
    assert (await issuer.post("/token", data=renewal)).status_code == 400


@pytest.mark.parametrize("hint", ["", "nonsense", "a.b.c"])
async def test_nobody_is_signed_out_by_a_stranger_s_link(
    issuer: AsyncClient, client: Client, hint: str
) -> None:
    page = await issuer.get("/end-session", params={"id_token_hint": hint})
    assert "Nothing of you is kept here." in page.text
    assert client.requests == []


async def test_an_access_token_signs_nobody_out(issuer: AsyncClient, client: Client) -> None:
    tokens = (await issuer.post("/token", data=redemption(await code_for(issuer)))).json()
    await issuer.get("/end-session", params={"id_token_hint": tokens["access_token"]})
    assert client.requests == []


@pytest.mark.parametrize("status", [0, 400, 500])
async def test_a_console_that_does_not_answer_is_not_said_to_have_done_it(
    issuer: AsyncClient, client: Client, status: int
) -> None:
    client.status = status
    tokens = (await issuer.post("/token", data=redemption(await code_for(issuer)))).json()
    page = await issuer.get("/end-session", params={"id_token_hint": tokens["id_token"]})
    assert "In every browser." not in page.text
