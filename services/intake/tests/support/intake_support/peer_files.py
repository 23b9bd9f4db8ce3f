"""What the fakes of linked systems do with files, as the public documents of their APIs show it."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class PeerFile:
    """A file there, of the ticket with this id; of none while it is only uploaded."""

    ticket: str
    name: str
    media_type: str
    data: bytes


async def form_of(request: Request) -> PeerFile:
    """The file of a form."""
    async with request.form() as form:
        file: Any = form["file"]
        return PeerFile("", file.filename, file.content_type, await file.read())


def _servicenow(peer: Any, route: Any) -> list[Route]:
    def attach(request: Request, body: Any) -> Response:
        query = request.query_params
        assert query["table_name"] == "incident"
        kind = request.headers["content-type"]
        id = peer.attach(query["table_sys_id"], query["file_name"], kind, body)
        return JSONResponse({"result": file(id)}, 201)

    def file(id: str) -> dict[str, Any]:
        one = peer.files[id]
        return {"sys_id": id, "file_name": one.name, "size_bytes": str(len(one.data))}

    def files(request: Request, body: Any) -> Response:
        wanted = request.query_params["sysparm_query"].split("^")[1].removeprefix("table_sys_id=")
        return JSONResponse({"result": [file(id) for id in peer.files_of(wanted)]})

    def content(request: Request, body: Any) -> Response:
        one = peer.files[request.path_params["id"]]
        return Response(one.data, media_type=one.media_type)

    return [
        route(peer, "/api/now/attachment/file", "POST", attach),
        route(peer, "/api/now/attachment", "GET", files),
        route(peer, "/api/now/attachment/{id}/file", "GET", content),
    ]


def _jira(peer: Any, route: Any) -> list[Route]:
    def service_request(request: Request, body: Any) -> Response:
        return JSONResponse({"issueId": request.path_params["id"], "serviceDeskId": "4"})

    def upload(request: Request, body: Any) -> Response:
        assert request.headers["x-atlassian-token"] == "no-check"
        id = peer.attach("", body.name, body.media_type, body.data)
        shown = {"temporaryAttachmentId": f"temp-{id}", "fileName": body.name}
        return JSONResponse({"temporaryAttachments": [shown]}, 201)

    def attach(request: Request, body: Any) -> Response:
        assert body["public"] is True
        (temporary,) = body["temporaryAttachmentIds"]
        one = peer.files[temporary.removeprefix("temp-")]
        one.ticket = request.path_params["id"]
        words = f"{body['additionalComment']['body']}\n\n!{one.name}|thumbnail!"
        peer.comments[one.ticket].append(words)
        return JSONResponse({"comment": {"id": "1001", "body": words, "public": True}}, 201)

    def files(request: Request, body: Any) -> Response:
        assert request.query_params["fields"] == "attachment"
        id = request.path_params["id"]
        rows = [
            {"id": number, "filename": file.name, "size": len(file.data)}
            for number, file in peer.files_of(id).items()
        ]
        return JSONResponse({"id": id, "key": f"SUP-{id}"} | {"fields": {"attachment": rows}})

    def content(request: Request, body: Any) -> Response:
        assert request.query_params["redirect"] == "false"
        found = peer.files[request.path_params["id"]]
        return Response(found.data, media_type=found.media_type)

    desk = "/rest/servicedeskapi"
    return [
        route(peer, desk + "/request/{id}", "GET", service_request),
        route(peer, desk + "/servicedesk/4/attachTemporaryFile", "POST", upload),
        route(peer, desk + "/request/{id}/attachment", "POST", attach),
        route(peer, "/rest/api/2/issue/{id}", "GET", files),
        route(peer, "/rest/api/2/attachment/content/{id}", "GET", content),
    ]


def _zendesk(peer: Any, route: Any) -> list[Route]:
    def upload(request: Request, body: Any) -> Response:
        kind = request.headers["content-type"]
        id = peer.attach("", request.query_params["filename"], kind, body)
        return JSONResponse({"upload": {"token": f"token-{id}", "attachment": {"id": id}}}, 201)

    def attachment(request: Request, body: Any) -> Response:
        id = request.path_params["file"].removesuffix(".json")
        address = f"http://acme.example:{peer.port}/attachments/token/{id}"
        return JSONResponse({"attachment": {"id": id, "content_url": address}})

    def redirect(request: Request, body: Any) -> Response:
        elsewhere = f"http://files.example:{peer.port}/elsewhere/{request.path_params['id']}"
        return Response(status_code=302, headers={"Location": elsewhere})

    async def content(request: Request) -> Response:
        assert "authorization" not in request.headers, "another host gets no account"
        one = peer.files[request.path_params["id"]]
        return Response(one.data, media_type=one.media_type)

    return [
        route(peer, "/api/v2/uploads.json", "POST", upload),
        route(peer, "/api/v2/attachments/{file}", "GET", attachment),
        route(peer, "/attachments/token/{id}", "GET", redirect),
        Route("/elsewhere/{id}", content, methods=["GET"]),
    ]


FILE_ROUTES: Any = {"servicenow": _servicenow, "jira": _jira, "zendesk": _zendesk}
