"""An agreement as those read it to whom less is said of it."""

import pytest

from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import AGREEMENT, AGREEMENT_ID
from console_support.services import FakeServices

OURS_ALONE = {"team", "drafted_by", "drafted_at", "published_by", "termination", "partner"}
OF_PARTIES = {
    "price", "goals", "credit_cap_percent", "penalties", "roles", "assumptions", "duties", "customer_signs",
    "pinned", "supersedes", "approved", "countersigned", "names",
}  # fmt: skip


@pytest.mark.parametrize(
    "untold",
    [OURS_ALONE | {"customer", "customers", "house_default"}, OURS_ALONE, OURS_ALONE | OF_PARTIES],
    ids=["a partner", "a customer", "a customer who is covered"],
)
async def test_an_agreement_of_which_somebody_is_told_less_is_shown(
    sign_in: SignIn, services: FakeServices, untold: set[str]
) -> None:
    say_everything(services)
    known = {name: AGREEMENT[name] for name in AGREEMENT if name not in untold}
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}", known, etag='"2"')
    assert (await (await sign_in("theo")).open(f"/agreements/{AGREEMENT_ID}")).status == 200
