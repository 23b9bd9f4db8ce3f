"""`opsdesk messages`, `opsdesk articles` and `opsdesk links`: what they ask and what they say."""

from pathlib import Path

import pytest

from opsdesk_support.terminal import Terminal, page_of, problem_response

FINDING = {"severity": "hard", "detail": "“{{x}}” is not filled", "code": "unfilled_placeholder"}
ARTICLE = {
    "key": "KB-7",
    "title": "Invoices are [not] sent",
    "language": "en",
    "audience": "internal",
    "state": "draft",
    "owner": "anna",
    "version": 1,
    "body": "Restart it.",
    "review_due_at": None,
}
CONFLICT = {"id": "c1", "field": "priority", "ours": "1", "theirs": "2", "decision": None}
LINK = {
    "id": "l1",
    "ticket": "OPS-7",
    "system": "acme-jira",
    "remote_key": "SUP-1",
    "state": "linked",
    "sends": {"waiting": 2},
    "conflicts": [CONFLICT],
}


def test_a_check_says_what_is_wrong_and_fails_where_it_cannot_be_sent(terminal: Terminal) -> None:
    checked = {"findings": [FINDING], "may_be_sent": False}
    terminal.services.responses["POST /v1/messages/check"] = checked
    assert "hard: “{{x}}” is not filled" in terminal.fails("messages", "check", "OPS-7", "{{x}}")


def test_a_draft_is_filled_with_values_and_says_what_is_missing(terminal: Terminal) -> None:
    made = {
        "text": "Dear Jan",
        "missing": [{"name": "x", "detail": "Give `x`"}],
        "findings": [FINDING],
    }
    terminal.services.responses["POST /v1/tickets/OPS-7/messages/draft"] = made
    output = terminal("messages", "draft", "OPS-7", "update", "--value", "progress=a=b")
    assert "Dear Jan" in output
    assert "missing: Give `x`" in output
    assert "hard:" not in output


def test_a_template_is_written_shown_and_retired(terminal: Terminal, tmp_path: Path) -> None:
    """R11"""
    text = tmp_path / "update.txt"
    text.write_text("Beste {{contact}}")
    template = {"key": "update", "language": "nl", "version": 2, "description": "Says how it goes"}
    template |= {"text": "Beste {{contact}}", "placeholders": ["contact"], "retired": False}
    path = "/v1/message-templates/update/nl"
    terminal.services.responses |= {
        f"PUT {path}": template,
        f"POST {path}/retire": template,
        "GET /v1/message-templates/update": {"items": [template, template | {"version": 1}]},
    }
    words = ("--file", str(text), "--description", "Says how it goes")
    written = terminal("messages", "write", "update", "nl", *words)
    assert "update in nl is version 2; filled in: contact." in written
    body = {"description": "Says how it goes", "text": "Beste {{contact}}"}
    assert terminal.services.requests == [("PUT", path, body)]
    shown = terminal("messages", "show", "update")
    assert "update in nl, version 2:" in shown
    assert "version 1" not in shown
    assert "offered no more in nl" in terminal("messages", "retire", "update", "nl")
    nowhere = ("--file", str(tmp_path / "none"), "--description", "x")
    assert "cannot be read as text" in terminal.fails("messages", "write", "u", "nl", *nowhere)


def test_articles_are_listed_written_and_published(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses["GET /v1/articles"] = page_of(ARTICLE)
    assert "Invoices are [not] sent" in terminal("articles", "list", "invoices")
    text = tmp_path / "article.md"
    text.write_text("Restart it.")
    terminal.services.responses["POST /v1/articles"] = ARTICLE
    output = terminal("articles", "write", "Invoices", "--file", str(text), "--language", "en")
    assert "opsdesk articles publish KB-7 1" in output
    terminal.services.responses["POST /v1/articles/KB-7/publish"] = ARTICLE
    assert "KB-7 is published" in terminal("articles", "publish", "KB-7", "1")


def test_a_link_shows_its_conflict_and_how_to_decide_it(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-7/linked-tickets"] = page_of(LINK)
    output = " ".join(terminal("links", "show", "OPS-7").split())
    assert "ours is 1, theirs is 2: opsdesk links decide l1 c1 ours" in output


def test_a_refusal_is_said_in_one_sentence(terminal: Terminal) -> None:
    refused = problem_response(409, "linked", "Not now", "Linked already.")
    terminal.services.responses["POST /v1/tickets/OPS-7/linked-tickets"] = refused
    assert "Linked already." in terminal.fails("links", "add", "OPS-7", "acme-jira")


@pytest.mark.parametrize("options", [(), ("--language", "en", "--article", "KB-1")])
def test_an_article_is_new_or_a_version(
    terminal: Terminal, tmp_path: Path, options: tuple[str, ...]
) -> None:
    text = tmp_path / "article.md"
    text.write_text("Restart it.")
    output = terminal.fails("articles", "write", "T", "--file", str(text), *options)
    assert "Give either --language" in output
