"""HTTP for all services: the app, one transaction per request, bodies, problems, paging, limits."""

from common.http.allowed import Allowed, to_allowed
from common.http.app import create_app
from common.http.body import MIB
from common.http.cost import charge
from common.http.dependencies import LinkedPages, Transaction
from common.http.etag import if_match, set_etag
from common.http.known_keys import KnownKeys
from common.http.models import IdOrKey, Instant, RequestModel, ResponseModel
from common.http.paging import Page, Paging, encode_cursor
from common.http.problems import problem_response, rejection_response
from common.http.references import Refers
from common.http.route import AuthorizedRoute, TransactionalRoute, authorized_router, router
from common.http.route_workload import only_computes
from common.http.service import Service
from common.http.state import AppState, attach_state, runtime_of, state_of
from common.http.streaming import streaming_router

__all__ = [
    "MIB",
    "Allowed",
    "AppState",
    "AuthorizedRoute",
    "IdOrKey",
    "Instant",
    "KnownKeys",
    "LinkedPages",
    "Page",
    "Paging",
    "Refers",
    "RequestModel",
    "ResponseModel",
    "Service",
    "Transaction",
    "TransactionalRoute",
    "attach_state",
    "authorized_router",
    "charge",
    "create_app",
    "encode_cursor",
    "if_match",
    "only_computes",
    "problem_response",
    "rejection_response",
    "router",
    "runtime_of",
    "set_etag",
    "state_of",
    "streaming_router",
    "to_allowed",
]
