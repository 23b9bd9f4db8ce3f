"""Who is on call until when, who next, where nobody is, and the reader's own shifts."""

import re

from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices


async def test_on_call_says_until_when_who_next_where_nobody_is_and_the_own_shifts(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    gap = {"starts_at": "2026-03-07T01:00:00Z", "ends_at": "2026-03-07T07:00:00Z"}
    rota = {"rota": "first-level", "people": ["anna"], "until": "2026-03-02T16:00:00Z"}
    items = [rota | {"next": [], "gaps": [gap]}, {"rota": "night", "people": [], "gaps": []}]
    services.say("escalation", "/v1/oncall", {"at": "2026-03-02T08:30:00Z", "items": items})
    shift = {
        "rota": "first-level",
        "starts_at": "2026-03-06T16:00:00Z",
        "ends_at": gap["starts_at"],
    }
    services.say("escalation", "/v1/oncall/shifts", {"person": "anna", "items": [shift]})
    browser = await sign_in("anna")
    page = await browser.open("/on-call")
    assert page.status == 200
    assert re.search(r"until .*, then nobody", page.main)
    assert "Nobody is on call from" in page.main
    assert "Your shifts first-level" in page.main
    services.say("escalation", "/v1/oncall/shifts", {"person": "anna", "items": []})
    assert "no shift in the next four weeks" in (await browser.open("/on-call")).main
