"""A customer's contact who has written in every way there is."""

from collections.abc import Mapping
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import InMemoryTransport

NAME, PHONE = "Quillfeather", "+31-20-555-0147"
ADDRESS = "quillfeather@acme.example"
BEHALF = {"On-Behalf-Of": f"mailto:{ADDRESS}"}
ACCOUNT = "account-17"
"""The `sub` with which the contact signs in at the customer's own identity provider."""
WORDS = {
    "name": NAME,
    "address": ADDRESS,
    "phone": PHONE,
    "title": "zebragramophone",
    "description": "ouzelbassoon",
    "reply": "ibexclavichord",
    "greeting": "tapirspinet",
    "note": "okapicelesta",
    "seen": "quollharmonium",
    "resolution": "numbatocarina",
    "mail": "gnutheorbo",
    "attachment": "margaysackbut",
    "reply elsewhere": "dhonicornemuse",
    "comment": "serowdulcian",
    "title before known": "gerenukmelodeon",
    "other address": "kudubandura@home.example",
    "other phone": "+31-6-55501499",
    "number": "+31655501499",
    "file name": "sitatungazither",
    "filled in": "takincrumhorn",
    "reason": "nilgaikrummhorn",
    "reason to hold": "elandrackett",
    "reason to reopen": "kobcrotales",
    "reason to sign out": "saigatrombone",
    "reason to lock out": "dikdikbugle",
    "chat": "addaxshawm",
    "chat name": "bongoserpent",
}
MAIL = f"""\
From: {NAME} <{ADDRESS}>
To: support@ours.example
Subject: {WORDS["title"]} again
Message-ID: <one@acme.example>
Date: Mon, 07 Jan 2030 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain; charset=utf-8

{WORDS["mail"]}
--part
Content-Type: text/plain; name="{WORDS["attachment"]}.txt"
Content-Disposition: attachment; filename="{WORDS["attachment"]}.txt"

inside
--part--
""".replace("\n", "\r\n").encode()

Databases = Mapping[str, Database]


class Company:
    """Intake over HTTP, with a customer's contact who has written in every way there is."""

    def __init__(self, databases: Databases, people: Mapping[str, AsyncClient]) -> None:
        self.databases = databases
        self.people = people
        self.contact = ""
        self.ticket: dict[str, Any] = {}

    async def post(self, who: str, path: str, status: int, body: Any = None, **more: Any) -> Any:
        key = {"Idempotency-Key": f"key-{uuid7()}"}
        headers = key | more.pop("headers", {})
        answer: Response = await self.people[who].post(path, json=body, headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def act(self, who: str, act: str, body: Any = None) -> None:
        await self.post(who, f"/v1/tickets/{self.ticket['id']}/{act}", 200, body)

    async def write_everywhere(self) -> None:
        await self.post("anna", "/v1/customers", 201, {"key": "acme", "name": "Acme"})
        await self._write_before_known()
        given: dict[str, Any] = {
            "name": NAME,
            "address": ADDRESS,
            "phone": PHONE,
            "wants_mail": True,
        }
        given["other_addresses"] = [WORDS["other address"]]
        given["other_phones"] = [WORDS["other phone"]]
        made = await self.post("anna", "/v1/customers/acme/contacts", 201, given)
        self.contact = made["id"]
        other = {"name": "Colleague", "address": "colleague@acme.example"}
        await self.post("anna", "/v1/customers/acme/contacts", 201, other)
        asked = {"title": WORDS["title"], "description": WORDS["description"]}
        self.ticket = await self.post("portal", "/v1/tickets", 201, asked, headers=BEHALF)
        replies = f"/v1/tickets/{self.ticket['id']}/replies"
        await self.post("portal", replies, 201, {"text": WORDS["reply"]}, headers=BEHALF)
        await self.post("anna", replies, 201, {"text": f"Dear {NAME}, {WORDS['greeting']}"})
        note = {"text": f"{WORDS['note']}, says {NAME}", "visibility": "internal"}
        await self.post("anna", replies, 201, note)
        over = {"to": "second_level", "seen": WORDS["seen"], "tried": NAME, "excluded": ADDRESS}
        over |= {"asked": f"Ask {NAME}", "due_at": "2199-01-01T00:00:00Z"}
        await self.act("anna", "forward", over)
        await self.act("anna", "hand-back", {"found": WORDS["seen"]})
        await self._give_reasons()
        await self.close(await self._write_mail(MAIL))
        await self._write_elsewhere()
        await self._fill_in_a_form()
        await self._plan_mails()
        await self._revoke_tokens()

    async def _give_reasons(self) -> None:
        """What our people say of the contact where an act wants a reason: the audit trail is for ever."""
        lower = {"priority": "trivial", "reason": f"{NAME} says {WORDS['reason']}"}
        await self.act("anna", "prioritise", lower)
        await self.act("omar", "priority/confirm", {"agree": True, "reason": WORDS["reason"]})
        hold = {"waiting_on": "partner", "reason": f"{WORDS['reason to hold']}, by {ADDRESS}"}
        await self.act("anna", "hold", hold)
        await self.act("anna", "resume")
        await self.close(self.ticket)
        await self.act("anna", "reopen", {"reason": f"{WORDS['reason to reopen']} of {NAME}"})

    async def _revoke_tokens(self) -> None:
        """Also of the contact's own account, once they have signed in: these reasons are at no ticket."""
        assert (await self.people["account"].get("/v1/tickets")).status_code == 200
        for name, word in (
            (f"contact/{self.contact}", WORDS["reason to sign out"]),
            (ACCOUNT, WORDS["reason to lock out"]),
        ):
            revoked = {"kind": "person", "name": name, "reason": f"{NAME} {word}"}
            await self.post("theo", "/v1/token-revocations", 201, revoked)

    async def _fill_in_a_form(self) -> None:
        form: dict[str, Any] = {"key": "ask", "title": "Ask", "kind": "question"}
        form |= {"schema": {"type": "object", "properties": {"why": {"type": "string"}}}}
        await self.post("theo", "/v1/request-forms", 201, form)
        url = f"/v1/attachments?name={WORDS['file name']}.txt"
        file = await self.people["portal"].post(url, content=b"x", headers=BEHALF)
        asked = {"title": "Ask", "form": "ask", "form_values": {"why": WORDS["filled in"]}}
        asked["attachments"] = [file.json()["id"]]
        await self.close(await self.post("portal", "/v1/tickets", 201, asked, headers=BEHALF))

    async def _chat(self) -> dict[str, Any]:
        line = {"speaker": "customer", "text": WORDS["chat"], "at": "2026-01-05T08:00:00Z"}
        line |= {"name": WORDS["chat name"]}
        chat = {"source": "website", "id": "1", "contact": ADDRESS, "messages": [line]}
        ticket: dict[str, Any] = (await self.post("anna", "/v1/chats", 201, chat))["ticket"]
        return ticket

    async def _write_before_known(self) -> None:
        mail = MAIL.replace(WORDS["title"].encode(), WORDS["title before known"].encode())
        for ticket in (await self._write_mail(mail.replace(b"one@", b"zero@")), await self._chat()):
            path = f"/v1/triage/{ticket['id']}/assign-customer"
            await self.post("anna", path, 200, {"customer": "acme"})
            await self.close(ticket)

    async def _write_mail(self, mail: bytes) -> dict[str, Any]:
        media = {"Content-Type": "message/rfc822"}
        answer = await self.people["gateway"].post("/v1/emails", content=mail, headers=media)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()["ticket"]
        return ticket

    async def _write_elsewhere(self) -> None:
        behalf = {"On-Behalf-Of": "mailto:colleague@acme.example"}
        theirs = await self.post("portal", "/v1/tickets", 201, {"title": "Theirs"}, headers=behalf)
        text_of_reply = {"text": WORDS["reply elsewhere"]}
        path = f"/v1/tickets/{theirs['id']}/replies"
        await self.post("portal", path, 201, text_of_reply, headers=BEHALF)

    async def _plan_mails(self) -> None:
        """A receipt and an answer at least wait."""
        database = self.databases["intake"]
        settings = settings_for(IntakeSettings, database.url, smtp_server="127.0.0.1:25")
        await OutgoingMailSender(database, InMemoryTransport(), settings).prepare()
        async with database.transaction() as tx:
            waiting = text("SELECT count(*) FROM outgoing_mails WHERE state = 'waiting'")
            assert await tx.scalar(waiting) >= 2

    async def close(self, ticket: dict[str, Any]) -> None:
        for who, act, body in (
            ("anna", "resolve", {"resolution": f"{WORDS['resolution']} for {NAME}"}),
            ("omar", "verify", {}),
            ("anna", "close", {}),
        ):
            await self.post(who, f"/v1/tickets/{ticket['id']}/{act}", 200, body)

    async def erase(self) -> None:
        path = f"/v1/contacts/{self.contact}/erasure"
        await self.post("theo", path, 201, {"reason": "request 17"})
        await self.post("gina", f"{path}/confirm", 200)
