"""HTTP for all four services: the app, its routes' transaction, bodies, refusals, paging, limits."""

from common.http.app import create_app
from common.http.body import MIB
from common.http.etag import if_match, set_etag
from common.http.models import Asked, Instant, Told
from common.http.paging import Page, Paging, cursor
from common.http.problems import answer
from common.http.route import TransactionalRoute, router
from common.http.service import Service
from common.http.state import furnish
from common.http.streaming import streams

__all__ = [
    "MIB",
    "Asked",
    "Instant",
    "Page",
    "Paging",
    "Service",
    "Told",
    "TransactionalRoute",
    "answer",
    "create_app",
    "cursor",
    "furnish",
    "if_match",
    "router",
    "set_etag",
    "streams",
]
