"""What sla says of a promise is lines in the reader's words and zone."""

from console_support.everything import say_everything
from console_support.forecasts import FORECAST_ID
from console_support.people import SignIn
from console_support.promises import CLOCK_ID
from console_support.services import FakeServices


async def test_what_happened_is_lines_in_the_reader_s_words_and_zone(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    page = await browser.open(f"/clocks/{CLOCK_ID}", **{"accept-language": "nl"})
    story = page.tree.xpath("//ol[@class='story']/li")
    lines = [" ".join(one.text_content().split()) for one in story]
    assert lines[0].endswith("begon de klok begon: beloofd binnen 4 u · Anna de Vries")
    assert lines[1].endswith(
        "een andere prioriteit; beloofd binnen 4 u in plaats van 8 u; ze breekt 10:00"
    )
    assert page.tree.xpath("//main//*[@lang='en']/text()") == ["cancelled: it ended"]


async def test_why_a_promise_may_break_is_said_in_the_reader_s_words(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    page = await browser.open(f"/forecasts/{FORECAST_ID}", **{"accept-language": "de"})
    assert "dauerten schätzungsweise 75 % länger" in page.main
    assert "Die Warteschlange ist länger als sonst" in page.main
    assert page.tree.xpath("//main//*[@lang='en']") == []
