"""The state folder: everything that `make run` and `make test` store."""

import hashlib
import hmac
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.ramdisk import remove_leftovers

CLONE = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class User:
    """The user that PostgreSQL runs as when root starts it."""

    name: str
    uid: int
    gid: int


def unprivileged_user() -> User | None:
    """Return None for an ordinary user; for root `postgres` if it exists, else `nobody`."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True, slots=True)
class State:
    """The state folder: `downloads/` is shared, `run/` is for `make run`, `test/` for tests."""

    folder: Path

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def test(self) -> Path:
        return self.folder / "test"

    def password(self, role: str) -> str:
        """Derive the password of a role: the same for all databases of this state folder."""
        return hmac.new(self._secret(), role.encode(), hashlib.sha256).hexdigest()[:32]

    @property
    def identity(self) -> str:
        """What tells this state folder from any other, without saying anything about its secret."""
        return self.password("identity of the state folder")[:16]

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        remove_leftovers(self.folder)

    def _secret(self) -> bytes:
        file = self.folder / "secret"
        if not file.exists():
            fresh = self.folder / f"secret.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            _publish_first(fresh, file)
        return file.read_bytes()


def state_folder() -> Path:
    """Return `OPSDESK_STATE`, else `.state` in the clone; for root a folder that others can read."""
    if given := os.environ.get("OPSDESK_STATE"):
        return Path(given).expanduser().resolve()
    if unprivileged_user() is None:
        return CLONE / ".state"
    return Path("/var/tmp") / f"opsdesk-{hashlib.sha256(str(CLONE).encode()).hexdigest()[:8]}"


def open_state(folder: Path | None = None) -> State:
    """Create the state folder if it is missing. Raises LocalRunError when it cannot be used."""
    folder = folder or state_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    _reject_foreign(folder)
    folder.chmod(0o755)
    _reject_unreachable(folder)
    return State(folder)


def _reject_foreign(folder: Path) -> None:
    # Everybody can write to /var/tmp: a folder that somebody else created is not trusted.
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise LocalRunError(
            f"The state folder {folder} belongs to another user; "
            "set OPSDESK_STATE to a folder of your own."
        )


def _reject_unreachable(folder: Path) -> None:
    user = unprivileged_user()
    closed = [parent for parent in folder.parents if not parent.stat().st_mode & 0o001]
    if user and closed:
        raise LocalRunError(
            f"PostgreSQL runs as the user {user.name}, which cannot enter {closed[-1]}; "
            "set OPSDESK_STATE to a folder that everybody can reach."
        )


def _publish_first(fresh: Path, file: Path) -> None:
    """Publish the secret, unless another start was faster: linking fails where the file exists."""
    try:
        file.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
