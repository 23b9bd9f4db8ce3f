from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import ReasonCode
from delivery_gate.versions.domain import (
    Reference,
    Version,
    is_digest,
    is_moving_tag,
    naming_violations,
    register,
)

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
DIGESTS = HEX.map("sha256:".__add__)


@given(DIGESTS)
def test_sha256_and_64_hex_digits_are_a_digest(digest: str) -> None:
    assert is_digest(digest)


@given(DIGESTS, st.sampled_from(["{}\n", " {}", "{}0", "sha1{}", "{}x"]))
def test_nothing_else_is_a_digest(digest: str, spoil: str) -> None:
    assert not is_digest(spoil.format(digest))
    assert not is_digest(digest.upper())
    assert not is_digest(digest[:-1])


@pytest.mark.parametrize(
    "name",
    ["latest", "Stable", "main", "1.x", "1.*", "^1.4", "~1", ">=2.0", "1.4.0-SNAPSHOT", "2-latest"],
)
def test_moving_tags_are_no_versions(name: str) -> None:
    """G1."""
    assert is_moving_tag(name)


@pytest.mark.parametrize(
    "name", ["1.4.0", "v2", "2030.01-rc.1", "1.0.0+build.7", "nightly-20300107"]
)
def test_fixed_names_are_versions(name: str) -> None:
    """G1."""
    assert not is_moving_tag(name)


def test_a_name_binds_one_digest_for_ever(version: Version) -> None:
    """G1: same name, another digest."""
    other = replace(version, id=UUID(int=9), digest="sha256:" + "2" * 64)
    answer = register(other, existing=version)
    assert isinstance(answer, Rejection)
    assert answer.code is ReasonCode.VERSION_CONFLICT


def test_what_a_version_contains_is_bound_as_well(version: Version) -> None:
    """G1: a debt is not paid by declaring the change afterwards."""
    answer = register(replace(version, contains=frozenset({UUID(int=8)})), existing=version)
    assert isinstance(answer, Rejection)
    assert answer.code is ReasonCode.VERSION_CONFLICT


def test_registering_the_same_again_answers_the_known_version(version: Version) -> None:
    assert register(replace(version, id=UUID(int=9)), existing=version) == version


@given(st.lists(st.tuples(st.sampled_from(["1.0", "1.1", "2.0"]), DIGESTS), max_size=20))
def test_whatever_is_registered_a_name_never_changes_its_digest(
    wanted: list[tuple[str, str]],
) -> None:
    """G1."""
    bound: dict[str, Version] = {}
    first: dict[str, str] = {}
    for name, digest in wanted:
        asked = Version(UUID(int=1), "billing", name, digest, frozenset(), 1, "ci", NINE)
        answer = register(asked, bound.get(name))
        if isinstance(answer, Version):
            bound[name] = answer
        first.setdefault(name, digest)
    assert {name: version.digest for name, version in bound.items()} == first


def test_every_way_of_naming_no_version_has_its_code(version: Version) -> None:
    """R7."""

    def code(reference: Reference, known: Version | None) -> list[ReasonCode]:
        return [reason.code for reason in naming_violations(reference, known)]

    assert code(Reference("billing", None), None) == [ReasonCode.UNVERSIONED]
    assert code(Reference("billing", ""), None) == [ReasonCode.UNVERSIONED]
    assert code(Reference("billing", "latest"), None) == [ReasonCode.MUTABLE_REFERENCE]
    assert code(Reference("billing", "9.9"), None) == [ReasonCode.VERSION_UNKNOWN]
    other = Reference("billing", "1.4.0", "sha256:" + "2" * 64)
    assert code(other, version) == [ReasonCode.DIGEST_MISMATCH]
    assert code(Reference("billing", "1.4.0", version.digest), version) == []
