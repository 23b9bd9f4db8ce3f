"""Errors in the command's own words, and options that may stand anywhere."""

import json

import httpx
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.invocation import moved_to_front
from opsdesk_support.terminal import Terminal, problem_response


def test_an_error_names_the_option_not_the_field(terminal: Terminal) -> None:
    """I5"""
    errors = [
        {"pointer": "/customer", "code": "x", "detail": "there is no customer 'acmee'"},
        {"pointer": "/opened_at", "code": "x", "detail": "give an instant that has passed"},
        {"pointer": "/title", "code": "x", "detail": "too long"},
        {"pointer": "/query/due_before", "code": "x", "detail": "no instant"},
    ]
    problem = {
        "type": "urn:opsdesk:error:invalid",
        "title": "This cannot be accepted",
        "detail": "Correct /customer; /opened_at; /title; /query/due_before and send again.",
        "instance": "/v1/tickets",
        "errors": errors,
    }
    terminal.services.responses["POST /v1/tickets"] = httpx.Response(422, json=problem)
    output = terminal.fails("open", "x", "--customer", "acmee")
    assert "Correct --customer; --opened-at; TITLE; --due-before and send again." in output
    assert "--customer: there is no customer 'acmee'" in output
    assert "/customer" not in output
    assert "/title" not in output
    unclear = problem_response(409, "nothing-asked", "No", "send the question along as `question`")
    terminal.services.responses["POST /v1/tickets/OPS-7/hold"] = unclear
    assert "along as --question" in terminal.fails("wait", "7", "--reason", "x")
    person = problem | {"detail": "x", "instance": "/v1/tickets/OPS-7/assign"}
    person["errors"] = [{"pointer": "/to", "detail": "there is no person 'omr'"}]
    terminal.services.responses["POST /v1/tickets/OPS-7/assign"] = httpx.Response(422, json=person)
    assert "PERSON: there is no person 'omr'" in terminal.fails("assign", "7", "omr")


def test_an_error_is_json_as_well(terminal: Terminal) -> None:
    result = CliRunner().invoke(app, ["show", "8", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["problem"]["type"] == "urn:opsdesk:error:not-found"


def test_options_of_every_command_may_stand_anywhere_but_behind_two_dashes() -> None:
    assert moved_to_front(["reply", "7", "--as", "omar", "Hi", "--json"]) == [
        "--as",
        "omar",
        "--json",
        "reply",
        "7",
        "Hi",
    ]
    assert moved_to_front(["--as=omar", "reply", "7", "--", "--json"]) == [
        "--as=omar",
        "reply",
        "7",
        "--",
        "--json",
    ]
