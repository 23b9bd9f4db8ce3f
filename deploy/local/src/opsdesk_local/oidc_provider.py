"""`oidc-provider` from npm: a certified OpenID provider, against which the console's sign-in is tried."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

PACKAGE: Final = "oidc-provider@8.8.1"
"""The last version that runs on Node 18 and 20."""
MISSING: Final = "Trying the sign-in against a third-party OpenID provider needs Node.js 20 and npm: apt-get install nodejs npm."


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """The program that runs it, and the module that it imports."""

    node: str
    module: Path


def has_node() -> bool:
    """Whether this machine has what the provider needs."""
    return bool(shutil.which("node") and shutil.which("npm"))


def oidc_provider(state: State) -> OidcProvider:
    """Return the provider, downloaded once; no script of a package is run meanwhile. Raises LocalRunError."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise LocalRunError(MISSING)
    home = state.downloads / PACKAGE.replace("@", "-")
    if not home.exists():
        _install(npm, home)
    return OidcProvider(node, home / "node_modules/oidc-provider/lib/index.js")


def _install(npm: str, home: Path) -> None:
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
    run_to_end(
        [npm, "install", "--prefix", str(fresh), *quiet, PACKAGE],
        what=f"Downloading {PACKAGE}",
        folder=fresh,
    )
    fresh.rename(home)
