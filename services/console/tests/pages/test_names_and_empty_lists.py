"""Pages name people as they are called, say what an empty list means, and who may confirm what waits."""

import pytest

from console_support.answers import page_of
from console_support.desk import ACCESS, ARTICLE, MAIL, MAIL_ID
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices
from console_support.two_person_settings import person

NAMES = {
    "anna": "Anna de Vries",
    "omar": "Omar Haddad",
    "theo": "Theo Jansen",
    "gina": "Gina Rossi",
}


def say_names(services: FakeServices) -> None:
    say_everything(services)
    people = [{"sub": sub, "name": name} for sub, name in NAMES.items()]
    services.say("intake", "/v1/people", page_of(*people))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/access-requests", "for Omar Haddad"),
        ("/access-requests/ACC-1", "Anna de Vries"),
        ("/articles/KB-1", "Owner: Anna de Vries"),
        ("/people/mia", "Asked for by Theo Jansen"),
        ("/priority-matrix", "Asked for by Theo Jansen"),
        ("/outage-rules", "Asked for by Theo Jansen"),
        (f"/mails/{MAIL_ID}", "Set aside byOmar Haddad"),
    ],
)
async def test_people_are_called_by_their_names(
    sign_in: SignIn, services: FakeServices, path: str, words: str
) -> None:
    say_names(services)
    aside = {"set_aside_by": "omar", "set_aside_at": "2026-03-02T08:00:00Z"}
    services.say("intake", f"/v1/emails/{MAIL_ID}", MAIL | aside)
    assert words in " ".join((await (await sign_in("anna")).open(path)).main.split())


async def test_our_people_are_listed_by_name_with_how_they_are_reached(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    left = person("zoe", name="Alex", retired=True)
    people = [left, person("omar", phone="+31 2"), person("anna", pending={"ends": True})]
    services.say("intake", "/v1/people", page_of(*people))
    page = await (await sign_in("quin")).open("/people")
    rows = page.tree.xpath("//ul[@class='rows']/li")
    assert [one.xpath(".//a/text()")[0] for one in rows] == ["Anna", "Omar", "Alex"]
    assert page.tree.xpath("//a[@href='tel:+312']")
    assert "Waits for a second person" in rows[0].text_content()
    assert "has left" in rows[2].text_content()
    services.say("intake", "/v1/people", page_of())
    assert "Nobody is registered." in (await (await sign_in("quin")).open("/people")).main


async def test_without_names_the_account_is_shown(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", "/v1/people", page_of())
    assert "for omar" in (await (await sign_in("anna")).open("/access-requests/ACC-1")).main


@pytest.mark.parametrize(
    ("path", "api", "words"),
    [
        ("/mails", "/v1/emails", "No mail is held back."),
        ("/mails?outcome=unreadable", "/v1/emails", "Every mail could be read."),
        ("/access-requests", "/v1/access-requests", "No access waits for a decision."),
        ("/access-requests?waits=everything", "/v1/access-requests", "Nobody has asked for"),
        ("/articles?state=draft", "/v1/articles", "No draft waits to be published."),
        ("/articles?q=late", "/v1/articles", "No article has these words."),
    ],
)
async def test_an_empty_list_says_what_that_means(
    sign_in: SignIn, services: FakeServices, path: str, api: str, words: str
) -> None:
    say_everything(services)
    services.say("intake", api, page_of())
    assert words in (await (await sign_in("anna")).open(path)).main


@pytest.mark.parametrize("path", ["/people/mia", "/priority-matrix", "/outage-rules"])
async def test_who_may_not_confirm_is_told_who_may(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    page = await (await sign_in("quin")).open(path)
    assert "Another person confirms it, with one of these roles:" in page.main
    assert "technical operations manager" in page.main


async def test_the_headings_of_an_article_are_headings(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/articles/KB-1", ARTICLE | {"body": "# First\n\n- wait"})
    page = await (await sign_in("anna")).open("/articles/KB-1")
    assert page.tree.xpath("//article//h2/text()") == ["First"]
    assert page.tree.xpath("//article//li/text()") == ["wait"]


async def test_why_a_sender_was_not_believed_is_said_in_dutch(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    doubt = "it says it is from staff, and no DMARC pass for acme.example proves that"
    services.say("intake", f"/v1/emails/{MAIL_ID}", MAIL | {"outcome": "opened", "reason": doubt})
    browser = await sign_in("anna")
    page = await browser.open(f"/mails/{MAIL_ID}", **{"accept-language": "nl"})
    assert "niets bewijst dat ze van acme.example komt" in page.main


async def test_an_access_says_in_its_title_what_it_is_to(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/access-requests/ACC-1")
    assert page.tree.xpath("//title/text()")[0].startswith(f"ACC-1 {ACCESS['resource']}")
