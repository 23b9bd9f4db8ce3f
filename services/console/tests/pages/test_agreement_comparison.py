"""Two versions of an agreement, term by term, in the reader's words, zone and figures."""

from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import AGREEMENT
from console_support.services import FakeServices


async def test_versions_are_compared_in_the_reader_s_words_zone_and_figures(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    theo = await sign_in("theo")
    path = f"/agreements/{AGREEMENT['agreement_id']}/compare?from=1&to=2"
    page = await theo.open(path, **{"accept-language": "de"})
    lines = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]
        for row in page.tree.xpath("//tbody/tr")
    ]
    shown = {what: (before, now) for what, before, now in lines}
    assert shown["Gilt ab"] == ("Fr. 6 März 00:30", "Fr. 6 März 02:00")
    assert shown["Gilt bis"] == ("ohne Ende", "Fr. 6 März 02:00")
    assert shown["Verfügbarkeit eines Monats"] == ("99,5 %", "99,95 %")
    assert shown["Preis im Monat"][1] == "13.000,00 €"
    assert shown["Reservierte Stunden im Monat"] == ("20 Std", "40 Std")
    assert shown["of next year"] == ("this", "that")
    target = next(what for what in shown if what.endswith("#security"))
    assert shown[target][0].startswith("6 Std, ")
    english = page.tree.xpath("//tbody//*[@lang='en']/text()")
    assert english == ["of next year"], "and no other sentence of sla"
    assert not [text for text in page.main.split() if text.endswith("Z") and "T" in text]
