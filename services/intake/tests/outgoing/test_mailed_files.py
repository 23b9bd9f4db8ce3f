"""Files of our answers go along by mail, as far as they fit."""

from httpx import AsyncClient

from intake.outgoing.domain.mailed_files import MAX_MAILED_BYTES, FileToMail, choose
from intake.outgoing.sender import OutgoingMailSender
from intake_support.outgoing import open_by_mail, send_all
from intake_support.uploads import PNG, uploaded
from opsdesk_testing.mailboxes import Mailbox


async def test_a_file_of_our_answer_comes_with_the_mail(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    key = await open_by_mail(gateway)
    ids = [await uploaded(anna, PNG, "Übersicht.png"), await uploaded(anna, b"x" * 11_000_000)]
    body = {"text": "Here it is.", "attachments": ids}
    assert (await anna.post(f"/v1/tickets/{key}/replies", json=body)).status_code == 201
    note = {"text": "A note.", "visibility": "internal", "attachments": [await uploaded(anna)]}
    assert (await anna.post(f"/v1/tickets/{key}/replies", json=note)).status_code == 201
    await send_all(sender)
    (mail,) = [one for one in mailbox.messages if one["Auto-Submitted"] is None]
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("Übersicht.png", "image/png")
    assert file.get_content() == PNG
    body_part = mail.get_body(("plain",))
    assert body_part is not None
    text = body_part.get_content()
    assert "Here it is." in text
    assert "Too large for an e-mail, ask us for it: app.log" in text


def test_small_files_go_along_although_a_large_one_does_not() -> None:
    small, large = (
        FileToMail(name, "text/plain", size, "")
        for name, size in (("a", 1), ("b", MAX_MAILED_BYTES))
    )
    assert choose([large, small]) == ([large], [small])
    assert choose([small, large, small]) == ([small, small], [large])
