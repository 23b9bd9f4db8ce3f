"""The issuer of a development machine."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common.auth import Authenticator
from common.auth.jwks import IssuerKeys
from common.auth.local_issuer import LocalIssuer
from common.settings import LOCAL_ISSUER


async def test_its_tokens_open_what_verifies_with_its_keys(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path / "issuer")
    people = Authenticator(LOCAL_ISSUER, "opsdesk", IssuerKeys(str(issuer.jwks_path)))
    anna = issuer.issue("anna", name="Anna", email="anna@meridian.example", roles=("ops",))
    caller = await people.authenticate(b"Bearer " + anna.token.encode())
    assert (caller.sub, caller.email) == ("anna", "anna@meridian.example")
    assert caller.roles == {"ops"}
    pipeline = issuer.issue("pipeline", scope="versions:write checks:write")
    machine = await people.authenticate(b"Bearer " + pipeline.token.encode())
    assert machine.scopes == {"versions:write", "checks:write"}
    jan = issuer.issue("jan", roles=("customer",), customer="acme")
    desk = issuer.issue("desk", roles=("partner",), partner="hosthaven")
    assert (await people.authenticate(b"Bearer " + jan.token.encode())).customer == "acme"
    assert (await people.authenticate(b"Bearer " + desk.token.encode())).partner == "hosthaven"


def test_its_key_is_stored_and_for_the_owners_eyes_only(tmp_path: Path) -> None:
    first = LocalIssuer(tmp_path)
    stored = first.jwks_path.read_text()
    assert LocalIssuer(tmp_path).jwks_path.read_text() == stored
    assert (tmp_path / "key.json").stat().st_mode & 0o077 == 0
    assert '"d"' not in stored, "the private part stays at home"


def test_many_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: LocalIssuer(tmp_path)._key.kid, range(8)))
    assert len(set(made)) == 1
