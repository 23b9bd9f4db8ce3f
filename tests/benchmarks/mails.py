"""Mails of customers, posted to a real `python -m intake serve` at a steady rate, as a gateway would."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from email.message import EmailMessage
from typing import Final

import httpx

from tests.benchmarks.environment import (
    CUSTOMER,
    open_installation,
    register_customer,
    replica_settings,
    running_process,
    servers,
    token,
)
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

PER_MINUTE: Final = 1_000
MAX_P95_S: Final = 0.060
WARM_UP: Final = 50
CONTACTS: Final = 20
PARAGRAPH: Final = (
    "Since this morning the monthly invoices are printed without their totals. We tried it with two"
    " browsers and three customers, and compared with last month's. Nobody has changed a setting."
)
QUOTED: Final = "\n".join(f"> {line}" for line in (PARAGRAPH,) * 3)


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found, open_installation(found, "intake") as installation:
        # Without one each receipt would be tried again and again, and that is not the question.
        await asyncio.to_thread(installation.mail.start)
        intake = replica_settings(installation, "intake")
        async with running_process(intake):
            await register_customer(installation, intake.url)
            theo = {"Authorization": f"Bearer {token(installation, 'theo', 'tom')}"}
            await _register_contacts(intake.url, theo)
            bearer = token(installation, "gateway", scope="emails:write")
            headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "message/rfc822"}
            count = round(PER_MINUTE / 60 * scale.seconds * 10)
            mails = [_mail(number) for number in range(WARM_UP + count)]
            async with httpx.AsyncClient(
                base_url=intake.url, headers=headers, timeout=60
            ) as gateway:
                await _post_all(gateway, mails[:WARM_UP])
                took = await _post_all(gateway, mails[WARM_UP:])
    p50, p95 = percentile(took, 0.5), percentile(took, 0.95)
    yield Result(
        f"{len(took):,} mails at {PER_MINUTE:,} a minute, one worker: stored and in their tickets",
        f"p50 {p50 * 1000:.0f}, p95 {p95 * 1000:.0f} ms",
        "",
        "",
        f"p95 <= {MAX_P95_S * 1000:.0f} ms",
        p95 <= MAX_P95_S,
    )


async def _register_contacts(url: str, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as theo:
        for number in range(CONTACTS):
            contact = {"name": f"Contact {number}", "address": _address(number)}
            answer = await theo.post(f"/v1/customers/{CUSTOMER}/contacts", json=contact)
            answer.raise_for_status()


async def _post_all(gateway: httpx.AsyncClient, mails: Sequence[bytes]) -> list[float]:
    """Post each at its time, whether or not the earlier ones are answered. Returns how long each took."""
    began = time.monotonic()

    async def post(number: int, mail: bytes) -> float:
        await asyncio.sleep(max(0.0, began + number * 60 / PER_MINUTE - time.monotonic()))
        start = time.monotonic()
        answer = await gateway.post("/v1/emails", content=mail)
        if answer.is_error:
            raise RuntimeError(f"mail {number} was answered {answer.status_code}: {answer.text}")
        if answer.json()["outcome"] not in ("opened", "joined"):
            raise RuntimeError(f"mail {number} ended as {answer.json()}")
        return time.monotonic() - start

    return await asyncio.gather(*(post(number, mail) for number, mail in enumerate(mails)))


def _mail(number: int) -> bytes:
    """Return one of four kinds in turns: plain, HTML beside plain, with a picture, an answer."""
    mail = EmailMessage()
    first = number - number % 4
    # Every answer is of the sender of the mail that it answers.
    mail["From"] = f"Contact <{_address(first // 4 % CONTACTS)}>"
    mail["To"] = "support@meridian.example"
    mail["Message-ID"] = f"<{number}@faultline.example>"
    mail["Subject"] = f"Invoices without totals, case {first}: größere Beträge"
    mail["Date"] = "Sun, 29 Nov 2026 09:00:00 +0100"
    text = "\n\n".join((f"Hello, this is number {number}.", *(PARAGRAPH,) * 3, "Regards\nContact"))
    kind = number % 4
    if kind == 3:
        mail["In-Reply-To"] = mail["References"] = f"<{first}@faultline.example>"
        text = f"{PARAGRAPH}\n\nOn Sunday support wrote:\n{QUOTED}\n"
    mail.set_content(text)
    if kind == 1:
        rows = "".join(f"<tr><td>{row}</td><td>{PARAGRAPH}</td></tr>" for row in range(20))
        mail.add_alternative(f"<html><body><table>{rows}</table></body></html>", subtype="html")
    if kind == 2:
        picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400
        mail.add_attachment(picture, maintype="image", subtype="png", filename="screen.png")
    return mail.as_bytes()


def _address(number: int) -> str:
    return f"contact-{number}@faultline.example"
