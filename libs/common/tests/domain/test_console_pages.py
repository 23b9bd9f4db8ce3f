"""Where the console shows a thing, and the addresses that lead there."""

import pytest

from common.domain.console_pages import PATHS, ConsolePages, Thing, page_of, page_path

PAGES = ConsolePages("https://desk.example/")


@pytest.mark.parametrize(
    ("api_address", "page"),
    [
        ("/v1/tickets/OPS-7", "/tickets/OPS-7"),
        ("/v1/tickets/OPS-7/linked-tickets", "/tickets/OPS-7/linked-tickets"),
        ("/v1/tickets/OPS-7/messages", "/tickets/OPS-7"),
        ("/v1/problems/OPS-8", "/tickets/OPS-8"),
        ("/v1/customers/acme/contacts/0192", "/customers/acme/contacts/0192"),
        ("/v1/customers/acme/contacts", "/customers/acme"),
        ("/v1/customers/acme/environments/acme-prod", "/customers/acme/environments/acme-prod"),
        ("/v1/customers/acme/environments", "/customers/acme"),
        ("/v1/customers/acme/contacts/..%2Fx?y#z", "/customers/acme/contacts/..%252Fx"),
        ("/v1/contacts/0192/erasure", "/contacts/0192/erasure"),
        ("/v1/contacts/0192", None),
        ("https://sla.example/v1/reviews/acme-2026-06?format=html", "/reviews/acme-2026-06"),
        ("/v1/follow-ups/FUP-3", "/follow-ups/FUP-3"),
        ("/v1/priority-matrix", "/priority-matrix"),
        ("/v1/outage-rules", "/outage-rules"),
        ("/v1/tickets", None),
        ("/v1/emails/0192", "/mails/0192"),
        ("/v1/access-requests/ACC-1", "/access-requests/ACC-1"),
        ("/v1/articles/KB-1", "/articles/KB-1"),
        ("/v1/people/anna", "/people/anna"),
        ("/v1/people/anna/notification-settings", None),
        ("/health/live", None),
        ("", None),
    ],
)
def test_an_address_of_the_api_leads_to_the_page_of_the_thing(
    api_address: str, page: str | None
) -> None:
    assert page_of(api_address) == page


@pytest.mark.parametrize("thing", PATHS)
def test_no_key_leads_out_of_the_page_of_its_kind(thing: Thing) -> None:
    wicked = "../../x?y=1#z"
    address = PAGES.address(thing, wicked)
    assert address == "https://desk.example" + page_path(thing, wicked)
    assert "?" not in address
    assert "#" not in address
    assert ".." not in address.replace("..%2F..%2Fx", "")


def test_without_a_console_there_are_no_addresses() -> None:
    nowhere = ConsolePages()
    assert nowhere.address("ticket", "OPS-7") is None
    assert nowhere.address_of("/v1/tickets/OPS-7") is None


def test_an_address_without_a_page_has_none_with_a_console_either() -> None:
    assert PAGES.address_of("/v1/contacts/0192") is None
    assert PAGES.address_of("/v1/waivers/WVR-2") == "https://desk.example/waivers/WVR-2"
