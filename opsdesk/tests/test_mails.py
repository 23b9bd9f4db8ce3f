"""`opsdesk mails`: what was held back as a machine's, and each mail as it came."""

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
        "GET /v1/emails/m1": mail,
        "POST /v1/emails/m1/open-ticket": {"ticket": {"key": "OPS-9"}},
    }
    assert "Jan <jan@acme.example>" in " ".join(terminal("mails", "list").split())
    shown = terminal("mails", "show", "m1")
    assert "It shows nobody" in shown
    assert "opsdesk mails open m1" in shown
    assert "OPS-9 is open for it." in terminal("mails", "open", "m1")


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
