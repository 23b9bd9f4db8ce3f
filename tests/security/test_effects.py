"""Every operation that changes something stands in the tables of effects in docs/rules.md (R1)."""

from collections.abc import Iterator

import pytest

from common.events import EVENTS
from common.http import create_app
from opsdesk_testing.effects import (
    Effect,
    harmless_operations,
    one_person_effects,
    two_person_effects,
)
from tests.contracts.operations import MODULES, service_of

READING = frozenset({"get", "head", "options"})
EFFECTS = (*two_person_effects(), *one_person_effects())


def changing_operations() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The id and the permissions of every operation that is not only a reading one."""
    for module in MODULES:
        for methods in create_app(service_of(module)).openapi()["paths"].values():
            for method, operation in methods.items():
                if method not in READING:
                    yield operation["operationId"], tuple(operation.get("x-permissions", ()))


PERMISSIONS = dict(changing_operations())


def test_each_operation_that_changes_something_is_in_one_table() -> None:
    """Whoever adds one decides what it can hide, and who it takes"""
    named = [*(effect.operation for effect in EFFECTS), *harmless_operations()]
    assert sorted(named) == sorted(set(named)), "each stands once"
    assert set(named) == set(PERMISSIONS)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.operation)
def test_who_may_do_it_and_what_is_announced_is_as_written(effect: Effect) -> None:
    assert PERMISSIONS[effect.operation] == (effect.permission,)
    assert effect.announced is None or effect.announced in EVENTS
    assert effect.condition, "a code, or the reason"
