"""The API client: lists are read to their end, problems become one sentence."""

import httpx
import pytest

from opsdesk.api_client import ApiClient, Problem, problem_from_response
from opsdesk.endpoints import Endpoints
from opsdesk.errors import CliError

RUNNING = Endpoints({"intake": "https://intake"}, "kafka:9092")


def _desk(answer: httpx.MockTransport) -> ApiClient:
    return ApiClient(httpx.AsyncClient(transport=answer), RUNNING, "a-token")


async def test_a_list_is_read_page_by_page_to_its_end() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer a-token"
        if request.url.params.get("cursor") == "second":
            return httpx.Response(200, json={"items": [{"key": "OPS-2"}], "next": None})
        return httpx.Response(200, json={"items": [{"key": "OPS-1"}], "next": "second"})

    desk = _desk(httpx.MockTransport(answer))
    assert [one["key"] async for one in desk.items("intake", "/v1/tickets")] == ["OPS-1", "OPS-2"]


async def test_a_problem_is_read_by_its_stable_type() -> None:
    output = {
        "type": "urn:opsdesk:error:four-eyes",
        "title": "Two people are needed",
        "detail": "anna resolved OPS-1; another person must verify it.",
    }
    desk = _desk(httpx.MockTransport(lambda request: httpx.Response(403, json=output)))
    problem_response = await desk.post_expecting_problem("intake", "/v1/tickets/OPS-1/verify")
    assert (problem_response.status, problem_response.code) == (403, "four-eyes")
    assert str(problem_response) == f"{output['title']}: {output['detail']}"


async def test_what_must_be_refused_and_is_not_ends_the_journey() -> None:
    desk = _desk(httpx.MockTransport(lambda request: httpx.Response(200, json={})))
    with pytest.raises(CliError, match="must refuse"):
        await desk.post_expecting_problem("intake", "/v1/tickets/OPS-1/verify")


async def test_a_service_that_does_not_run_is_reported_with_the_command_to_start_it() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(CliError, match="make run"):
        await _desk(httpx.MockTransport(refuse)).get("intake", "/v1/tickets")


async def test_a_service_with_no_known_address_is_named_by_its_variable() -> None:
    desk = _desk(httpx.MockTransport(lambda request: httpx.Response(200, json={})))
    with pytest.raises(CliError, match="OPSDESK_DELIVERY_GATE_URL"):
        await desk.get("delivery-gate", "/v1/versions")


def test_an_answer_that_is_no_problem_of_ours_still_says_something() -> None:
    page = httpx.Response(502, html="<h1>proxy</h1>", request=httpx.Request("GET", "http://x/v1"))
    problem_response = problem_from_response(page)
    assert isinstance(problem_response, Problem)
    assert "502" in str(problem_response)
