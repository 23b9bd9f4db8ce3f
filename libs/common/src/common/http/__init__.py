"""HTTP for all four services: the app, its routes' transaction, bodies, refusals, paging, limits."""

from common.http.app import create_app
from common.http.body import MIB
from common.http.etag import if_match, set_etag
from common.http.models import Instant, RequestModel, ResponseModel
from common.http.paging import Page, Paging, encode_cursor
from common.http.problems import problem_response
from common.http.route import TransactionalRoute, router
from common.http.service import Service
from common.http.state import attach_state
from common.http.streaming import streaming_router

__all__ = [
    "MIB",
    "Instant",
    "Page",
    "Paging",
    "RequestModel",
    "ResponseModel",
    "Service",
    "TransactionalRoute",
    "attach_state",
    "create_app",
    "encode_cursor",
    "if_match",
    "problem_response",
    "router",
    "set_etag",
    "streaming_router",
]
