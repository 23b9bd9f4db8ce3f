"""`opsdesk mails`: what was held back as a machine's, and each mail as it came."""

import json
from pathlib import Path

import httpx

from opsdesk_support.terminal import Terminal, page_of


def test_mails_that_were_held_back_are_looked_at_and_opened(terminal: Terminal) -> None:
    mail = {
        "id": "m1",
        "received_at": "2026-06-01T07:00:00Z",
        "sender": "jan@acme.example",
        "sender_name": "Jan",
        "subject": "Out of office calendar is broken",
        "text": "It shows nobody",
        "outcome": "ignored",
        "reason": "auto-replied",
        "raw_deleted_why": None,
    }
    terminal.services.responses |= {
        "GET /v1/emails": page_of(mail),
        "GET /v1/emails/held-back-counts": {"items": [{"reason": "auto-replied", "count": 1}]},
        "GET /v1/emails/m1": mail,
        "POST /v1/emails/m1/open-ticket": {"ticket": {"key": "OPS-9"}},
    }
    assert "Jan <jan@acme.example>" in " ".join(terminal("mails", "list").split())
    shown = terminal("mails", "show", "m1")
    assert "It shows nobody" in shown
    assert "opsdesk mails open m1" in shown
    assert "OPS-9 is open for it." in terminal("mails", "open", "m1")


def test_above_the_held_back_mails_stands_how_many_there_are_for_which_reason(
    terminal: Terminal,
) -> None:
    counts = [{"reason": "auto-replied", "count": 12}, {"reason": "list", "count": 3}]
    terminal.services.responses |= {
        "GET /v1/emails": page_of(),
        "GET /v1/emails/held-back-counts": {"items": counts},
    }
    output = terminal("mails", "list")
    assert output.index("Held back in all: 12 auto-replied, 3 list") < output.index("Mails")
    printed = json.loads(terminal("mails", "list", "--json"))
    assert printed == {"items": [], "next": None, "held_back": counts}
    assert "Held back" not in terminal("mails", "list", "--outcome", "joined")


def test_no_more_mails_are_read_than_were_asked_for(terminal: Terminal) -> None:
    mail: dict[str, str | None] = {"id": "m1", "received_at": "2026-06-01T07:00:00Z"}
    mail |= {"sender": "jan@acme.example"}
    mail |= {"sender_name": None, "subject": "Hi", "reason": None}
    pages = page_of(*[mail] * 200) | {"next": "c"}
    terminal.services.responses["GET /v1/emails"] = pages
    output = terminal("mails", "list", "--outcome", "joined", "--limit", "250")
    asked = [query for _, _, query in terminal.services.requests]
    assert [one["limit"] for one in asked] == ["200", "50"]
    assert [one.get("cursor") for one in asked] == [None, "c"]
    assert "There are more than these 250, which are the newest" in output


def test_a_mail_that_is_gone_says_why(terminal: Terminal) -> None:
    gone = {"id": "m1", "received_at": "2026-06-01T07:00:00Z", "sender": None, "sender_name": None}
    gone |= {"subject": None, "text": None, "outcome": "ignored", "reason": "auto-replied"}
    for why, words in (("erased", "erased with the contact"), ("too_old", "as it is too old")):
        mail = gone | {"raw_deleted_why": why}
        terminal.services.responses["GET /v1/emails/m1"] = mail
        shown = " ".join(terminal("mails", "show", "m1").split())
        assert words in shown
        assert "opsdesk mails raw" not in shown
    on_ticket = gone | {"outcome": "joined", "raw_deleted_why": None}
    terminal.services.responses["GET /v1/emails/m1"] = on_ticket
    assert "What it says is on its ticket." in terminal("mails", "show", "m1")


def test_a_mail_is_written_to_a_file_as_it_came(terminal: Terminal, tmp_path: Path) -> None:
    raw = b"From: jan@acme.example\r\n\r\n\xff"
    terminal.services.responses["GET /v1/emails/m1/raw"] = httpx.Response(200, content=raw)
    file = tmp_path / "mail.eml"
    assert f"{len(raw)} bytes are in" in terminal("mails", "raw", "m1", str(file))
    assert file.read_bytes() == raw
    assert "cannot be written" in terminal.fails("mails", "raw", "m1", str(file))


def test_help_offers_the_outcomes_that_mails_have(terminal: Terminal) -> None:
    known = " ".join(terminal("mails", "list", "--help").split())
    assert "unreadable" in known
    assert "duplicate" not in known
