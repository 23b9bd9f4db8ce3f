"""A fake of each linked system: it answers what the public documents of its API show, and keeps what it gets.

It proves that our requests have their shapes and that our reading of theirs is as documented. It does not
prove how a real instance is configured.
"""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.outbound_addresses import Address
from intake_support.peer_files import FILE_ROUTES, PeerFile, form_of

USER, PASSWORD, SECRET = "opsdesk@acme.example", "a-password", "a-secret"


@dataclass
class FakePeer:
    """What the system has: tickets by id, with their fields and comments; `mode` says how it behaves."""

    mode: str = "up"
    port: int = 0
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    files: dict[str, PeerFile] = field(default_factory=dict)

    def attach(self, ticket: str, name: str, media_type: str, data: bytes) -> str:
        """Attach a file there. Its id."""
        id = f"f{20_001 + len(self.files)}"
        self.files[id] = PeerFile(ticket, name, media_type, data)
        return id

    def files_of(self, ticket: str) -> dict[str, PeerFile]:
        return {id: one for id, one in self.files.items() if one.ticket == ticket}

    def add(self, fields: dict[str, Any]) -> str:
        id = str(10_001 + len(self.tickets))
        self.tickets[id] = dict(fields)
        self.comments[id] = []
        return id


async def resolve_here(host: str, port: int) -> Sequence[Address]:
    return [ip_address("127.0.0.1")]


@asynccontextmanager
async def running_peer(kind: str) -> AsyncIterator[FakePeer]:
    """Serve the system's API on a port of its own."""
    peer = FakePeer()
    app = Starlette(routes=[*FILE_ROUTES[kind](peer, route), *ROUTES[kind](peer)])
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    peer.port = listening.getsockname()[1]
    # What is sent before it has begun waits in the socket's queue.
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield peer
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


def route(peer: FakePeer, path: str, method: str, answer: Any) -> Route:
    async def endpoint(request: Request) -> Response:
        peer.requests.append(f"{method} {request.url.path}")
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return JSONResponse({"error": {"message": "User Not Authenticated"}}, 401)
        if peer.mode == "down":
            return Response("<html>Service Unavailable</html>", 503)
        if peer.mode == "refuse":
            return JSONResponse({"error": "Invalid field"}, 400)
        kind = request.headers.get("content-type", "application/json").partition(";")[0]
        given: Response = answer(request, await _BODIES.get(kind, Request.body)(request))
        if peer.mode == "loses answers" and method != "GET":
            return Response("", 502)
        return given

    return Route(path, endpoint, methods=[method])


async def _json_of(request: Request) -> Any:
    return json.loads(await request.body() or b"{}")


_BODIES: Any = {"application/json": _json_of, "multipart/form-data": form_of}


def _servicenow(peer: FakePeer) -> list[Route]:
    def row(id: str) -> dict[str, Any]:
        return peer.tickets[id] | {"sys_id": id, "number": f"INC00{id}"}

    def create(request: Request, body: Any) -> Response:
        return JSONResponse({"result": row(peer.add(body))}, 201)

    def find(request: Request, body: Any) -> Response:
        wanted = request.query_params["sysparm_query"].removeprefix("correlation_id=")
        found = [row(id) for id, one in peer.tickets.items() if one["correlation_id"] == wanted]
        return JSONResponse({"result": found})

    def change(request: Request, body: Any) -> Response:
        id = request.path_params["id"]
        if comment := body.pop("comments", None):
            peer.comments[id].append(comment)
        peer.tickets[id] |= body
        return JSONResponse({"result": row(id)})

    def journal(request: Request, body: Any) -> Response:
        rows = [{"value": text} for texts in peer.comments.values() for text in texts]
        return JSONResponse({"result": rows})

    table = "/api/now/table/incident"
    return [
        route(peer, table, "POST", create),
        route(peer, table, "GET", find),
        route(peer, table + "/{id}", "PATCH", change),
        route(peer, "/api/now/table/sys_journal_field", "GET", journal),
    ]


def _jira(peer: FakePeer) -> list[Route]:
    def issue(id: str) -> dict[str, Any]:
        return {"id": id, "key": f"SUP-{id}", "self": f"https://acme.example/rest/api/2/issue/{id}"}

    def create(request: Request, body: Any) -> Response:
        fields = body["fields"]
        flat = {
            "title": fields["summary"],
            "labels": fields["labels"],
            "project": fields["project"],
        }
        return JSONResponse(issue(peer.add(flat | {"priority": fields["priority"]["name"]})), 201)

    def find(request: Request, body: Any) -> Response:
        found = [
            issue(id)
            for id, one in peer.tickets.items()
            if one["labels"][0] in request.query_params["jql"]
        ]
        return JSONResponse({"issues": found, "isLast": True})

    def change(request: Request, body: Any) -> Response:
        peer.tickets[request.path_params["id"]]["priority"] = body["fields"]["priority"]["name"]
        return Response(status_code=204)

    def step(request: Request, body: Any) -> Response:
        peer.tickets[request.path_params["id"]]["state"] = f"after {body['transition']['id']}"
        return Response(status_code=204)

    def comment(request: Request, body: Any) -> Response:
        assert body["public"] is True
        peer.comments[request.path_params["id"]].append(body["body"])
        return JSONResponse({"id": "1000", "body": body["body"], "public": True}, 201)

    def comments(request: Request, body: Any) -> Response:
        texts = peer.comments[request.path_params["id"]]
        return JSONResponse({"comments": [{"id": "1000", "body": text} for text in texts]})

    one = "/rest/api/2/issue/{id}"
    return [
        route(peer, "/rest/api/2/issue", "POST", create),
        route(peer, "/rest/api/2/search/jql", "GET", find),
        route(peer, one, "PUT", change),
        route(peer, one + "/transitions", "POST", step),
        route(peer, one + "/comment", "GET", comments),
        route(peer, "/rest/servicedeskapi/request/{id}/comment", "POST", comment),
    ]


def _zendesk(peer: FakePeer) -> list[Route]:
    def row(id: str) -> dict[str, Any]:
        return peer.tickets[id] | {"id": int(id)}

    def create(request: Request, body: Any) -> Response:
        return JSONResponse({"ticket": row(peer.add(body["ticket"]))}, 201)

    def find(request: Request, body: Any) -> Response:
        wanted = request.query_params["external_id"]
        found = [row(id) for id, one in peer.tickets.items() if one["external_id"] == wanted]
        return JSONResponse({"tickets": found, "count": len(found)})

    def change(request: Request, body: Any) -> Response:
        id = request.path_params["file"].removesuffix(".json")
        if comment := body["ticket"].pop("comment", None):
            assert comment["public"] is True
            peer.comments[id].append(comment["body"])
            for token in comment.get("uploads", ()):
                peer.files[token.removeprefix("token-")].ticket = id
        peer.tickets[id] |= body["ticket"]
        return JSONResponse({"ticket": row(id), "audit": {"events": []}})

    def comments(request: Request, body: Any) -> Response:
        id = request.path_params["id"]
        shown: list[dict[str, Any]] = [{"id": 1, "body": text} for text in peer.comments[id]]
        rows = [
            {"file_name": one.name, "size": len(one.data)} for one in peer.files_of(id).values()
        ]
        return JSONResponse({"comments": [*shown, {"id": 2, "body": "", "attachments": rows}]})

    return [
        route(peer, "/api/v2/tickets.json", "POST", create),
        route(peer, "/api/v2/tickets.json", "GET", find),
        route(peer, "/api/v2/tickets/{file}", "PUT", change),
        route(peer, "/api/v2/tickets/{id}/comments.json", "GET", comments),
    ]


ROUTES: Any = {"servicenow": _servicenow, "jira": _jira, "zendesk": _zendesk}
