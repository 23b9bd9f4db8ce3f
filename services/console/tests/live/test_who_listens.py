"""Names of what changes are for our own people, and for a customer's contacts those of that customer."""

import pytest

from console_support.people import SignIn


@pytest.mark.parametrize("sub", ["hosthaven", "nobody"])
async def test_whoever_is_neither_ours_nor_a_contact_hears_nothing(
    sign_in: SignIn, sub: str
) -> None:
    """A partner's person, and an account of the issuer that has no role here."""
    page = await (await sign_in(sub)).open("/live")
    assert page.status == 404
