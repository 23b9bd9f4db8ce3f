"""Everything works without scripts, too: in a browser that runs none."""

from playwright.async_api import FilePayload, expect

from console_support.answers import page_of, say_ticket, ticket
from console_support.served import Look
from console_support.services import FakeServices

ITEMS = [{"ticket": "OPS-7", "status": 200, "problem": None}]


async def test_a_reply_with_a_file_is_sent(look: Look, services: FakeServices) -> None:
    services.say("intake", "/v1/tickets/OPS-7/attachments", {"id": "f"}, status=201, method="POST")
    services.say("intake", "/v1/tickets/OPS-7/replies", {}, status=201, method="POST")
    watched = await look(java_script_enabled=False)
    await watched.go("/tickets/OPS-7")
    page = watched.page
    await page.locator("#reply-text").fill("Dear Jan")
    file: FilePayload = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"all of it"}
    await page.locator("#reply-files").set_input_files([file])
    await page.get_by_role("button", name="Send to the customer").click()
    await page.wait_for_url("**?done=reply")
    upload, reply = services.sent()
    assert upload.body == b"all of it"
    assert reply.body == {"text": "Dear Jan", "visibility": "public", "attachments": ["f"]}
    assert watched.wrong == []


async def test_a_hand_over_is_corrected_and_sent(look: Look, services: FakeServices) -> None:
    say_ticket(services, allowed=[{"act": "forward", "possible": True, "why_not": None}])
    services.say("intake", "/v1/tickets/OPS-7/forward", {}, method="POST")
    watched = await look(java_script_enabled=False)
    await watched.go("/tickets/OPS-7")
    page = watched.page
    await page.get_by_role("link", name="Hand it over…").click()
    await page.get_by_label("To whom").select_option("second_level")
    await page.get_by_role("button", name="Hand it over").click()
    await expect(page.get_by_role("alert")).to_contain_text("What was seen: This is needed.")
    for name in ("seen", "tried", "excluded", "asked"):
        await page.locator(f"#forward-{name}").fill(f"{name}, all of it")
    await page.locator("#forward-due_at").fill("2026-03-02T17:00")
    await page.get_by_role("button", name="Hand it over").click()
    await page.wait_for_url("**?done=forward")
    assert services.sent()[0].body["to"] == "second_level"


async def test_many_are_taken_at_once(look: Look, services: FakeServices) -> None:
    services.say("intake", "/v1/queue", page_of(ticket(assignee=None)))
    answer = {"done": 1, "failed": 0, "items": ITEMS}
    services.say("intake", "/v1/tickets/bulk", answer, method="POST")
    watched = await look(java_script_enabled=False)
    await watched.go("/tickets")
    page = watched.page
    await page.locator("#choose-OPS-7").check()
    await page.get_by_label("What to do with them").select_option("take")
    await page.get_by_role("button", name="Go on with these").click()
    await expect(page.get_by_role("status")).to_contain_text("1 done, 0 refused.")


async def test_a_phone_note_is_written(look: Look, services: FakeServices) -> None:
    services.say("intake", "/v1/tickets", {"key": "OPS-8"}, status=201, method="POST")
    watched = await look(java_script_enabled=False)
    await watched.go("/tickets/new")
    page = watched.page
    await page.locator("#who").fill("020 555 01 23")
    await page.get_by_role("button", name="Look for them").click()
    await expect(page.get_by_role("main")).to_contain_text("Open already: is it one of these?")
    await page.get_by_label("Title").fill("No invoice")
    await page.get_by_role("button", name="Open the ticket").click()
    await page.wait_for_url("**/tickets/OPS-8?done=new")
    assert services.sent()[0].body["contact"]
