"""Removes each guard in a copy of the tree and runs the test that must notice. Exit 1 where none does.

`python -m tests.mutants [WORD …]` runs those whose name contains one of the words. Needs the servers
of `opsdesk_local test-servers`; works in a copy, never in the tree itself.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.guard import Guard
from tests.mutants.guards import GUARDS

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 180
"""Seconds for one test: a guard without which it hangs is noticed, too."""
SOURCES = (
    *("libs/common/src", "libs/testing/src", "deploy/local/src", "opsdesk/src"),
    *(f"services/{name}/src" for name in ("intake", "sla", "escalation", "delivery-gate")),
)


def main(words: Sequence[str]) -> int:
    """Run the chosen guards. Returns the exit code."""
    guards = [one for one in GUARDS if not words or any(word in one.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="opsdesk-mutants-") as folder:
        tree = Path(folder)
        _copy_tree(tree)
        if not _all_pass(tree, guards):
            print("the tests fail without any removal: nothing can be shown")
            return 1
        print(f"\n{'removed guard':<44} {'noticed':<9} {'s':>5}  by", flush=True)
        missed = [one for one in guards if not _is_noticed(tree, one)]
    print(f"\n{len(guards) - len(missed)} of {len(guards)} removed guards are noticed")
    return 1 if missed else 0


def _copy_tree(tree: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def _all_pass(tree: Path, guards: Sequence[Guard]) -> bool:
    tests = sorted({one.test for one in guards})
    done = _pytest(tree, tests, timeout_s=TIMEOUT_S * len(tests))
    if done is None or done.returncode:
        print(done.stdout[-5000:] if done else "they hang")
        return False
    return True


def _is_noticed(tree: Path, guard: Guard) -> bool:
    path = tree / guard.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(guard.remove_from(whole), encoding="utf-8")
    started = time.monotonic()
    try:
        done = _pytest(tree, [guard.test], timeout_s=TIMEOUT_S)
    finally:
        path.write_text(whole, encoding="utf-8")
    # 1 is a failed test; anything else, as a file that cannot be read, shows nothing.
    noticed = {0: "NO", 1: "yes"}.get(done.returncode, "BROKEN") if done else "hangs"
    seconds = time.monotonic() - started
    print(f"{guard.name:<44} {noticed:<9} {seconds:>5.0f}  {guard.test}", flush=True)
    if noticed == "BROKEN" and done:
        print(done.stdout[-2000:], done.stderr[-2000:])
    return noticed in {"yes", "hangs"}


def _pytest(
    tree: Path, tests: Sequence[str], timeout_s: float
) -> "subprocess.CompletedProcess[str] | None":
    """Run tests of the copy. None where they do not end in time."""
    paths = os.pathsep.join([str(tree), *(str(tree / source) for source in SOURCES)])
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=timeout_s,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
