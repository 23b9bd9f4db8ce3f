"""Draining: a replica that will stop says so before it refuses anything."""

from fastapi import FastAPI


class Drain:
    """Whether this replica will stop. From then on it is unready, and connections are not kept."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        self.has_begun = True


def drain_of(app: FastAPI) -> Drain:
    """Return the drain of an app; `create_app` makes it."""
    drain: Drain = app.state.drain
    return drain
