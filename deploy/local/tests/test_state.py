"""The state folder: its location, its owner, its passwords."""

import os
from pathlib import Path

import pytest

from opsdesk_local.errors import LocalRunError
from opsdesk_local.state import open_state, state_folder

as_root = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="only root can give a folder to somebody else, which is what is refused here",
)


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("OPSDESK_STATE", str(folder / "mine"))
    assert state_folder() == folder / "mine"


def test_a_role_keeps_its_password_for_ever(folder: Path) -> None:
    first, again = open_state(folder / "a"), open_state(folder / "a")
    assert first.password("opsdesk_sla") == again.password("opsdesk_sla")
    assert first.password("opsdesk_sla") != first.password("opsdesk_intake")


def test_another_folder_has_other_passwords(folder: Path) -> None:
    one, other = open_state(folder / "a"), open_state(folder / "b")
    assert one.password("opsdesk_sla") != other.password("opsdesk_sla")


def test_only_the_owner_can_read_the_secret(folder: Path) -> None:
    state = open_state(folder / "a")
    state.password("anything")
    assert (state.folder / "secret").stat().st_mode & 0o777 == 0o600


@as_root
def test_a_folder_of_somebody_else_is_refused(folder: Path) -> None:
    foreign = folder / "foreign"
    foreign.mkdir()
    os.chown(foreign, 65534, 65534)
    with pytest.raises(LocalRunError, match="belongs to another user"):
        open_state(foreign)


@as_root
def test_a_folder_that_postgres_cannot_enter_is_refused(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(LocalRunError, match=f"cannot enter {private}"):
        open_state(private / "state")


def test_removing_leaves_nothing(folder: Path) -> None:
    state = open_state(folder / "a")
    state.password("anything")
    state.remove()
    assert not state.folder.exists()
