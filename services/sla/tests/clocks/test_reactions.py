"""Reactions to changes of clocks: one table per process, and never none."""

import pytest

from sla.clocks import reactions
from sla.clocks.reactions import ClockReactions, get_installed, install
from sla.reactions import REACTIONS


def test_the_app_has_installed_the_table() -> None:
    assert get_installed() is REACTIONS


def test_the_same_table_may_be_installed_again_but_no_other() -> None:
    install(REACTIONS)
    with pytest.raises(RuntimeError, match="installed already"):
        install(ClockReactions())
    assert get_installed() is REACTIONS


def test_without_a_table_a_change_fails_instead_of_skipping_its_reactions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reactions, "_installed", [])
    with pytest.raises(RuntimeError, match=r"sla\.app"):
        get_installed()
