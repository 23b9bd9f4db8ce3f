"""Test databases in memory: only where there is room, and nothing stays behind."""

from pathlib import Path

import pytest

from opsdesk_local import ramdisk
from opsdesk_local.state import State


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(ramdisk, "SHARED_MEMORY", folder)
    monkeypatch.setattr(ramdisk, "MIN_FREE_BYTES", 0)
    return folder


def test_a_folder_is_empty_at_the_beginning_and_gone_at_the_end(
    memory: Path, tmp_path: Path
) -> None:
    with ramdisk.ramdisk_folder(tmp_path, 1, tmp_path) as left:
        (left / "of a killed run").touch()
        with ramdisk.ramdisk_folder(tmp_path, 1, tmp_path) as folder:
            assert folder.parent == memory
            assert not list(folder.iterdir())
    assert not list(memory.iterdir())


def test_where_memory_is_short_the_disk_takes_it(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ramdisk, "MIN_FREE_BYTES", 2**62)
    with ramdisk.ramdisk_folder(tmp_path, 1, tmp_path / "disk") as folder:
        assert folder == tmp_path / "disk"


def test_make_clean_removes_what_a_killed_run_left(memory: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    with (
        ramdisk.ramdisk_folder(state.folder, 1, tmp_path) as ours,
        ramdisk.ramdisk_folder(tmp_path / "another clone", 1, tmp_path) as others,
    ):
        state.remove()
        assert not ours.exists()
        assert others.exists()
