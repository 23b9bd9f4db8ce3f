"""Templates to pages: one environment for each language, made once; everything is escaped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from console.language import numbers, times
from console.language.catalogue import translations, word
from console.language.chosen import LANGUAGES, Reader
from console.language.mail_reasons import mail_reasons
from console.language.sentences import in_words
from console.look.article_text import article_text
from console.look.assets import address_of
from console.service_text import text_of_justification

FOLDER: Final = str(files("console"))


@cache
def environment(language: str) -> Environment:
    """The templates in a language."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.policies["ext.i18n.trimmed"] = True
    made.globals["asset"] = address_of
    made.globals["article_text"] = article_text
    made.globals["mail_reasons"] = mail_reasons
    made.filters["word"] = lambda code, kind: word(language, kind, code)
    made.filters["percent"] = lambda figure: numbers.percent(language, figure)
    made.filters["number"] = lambda value: numbers.number(language, value)
    made.filters["decimal"] = lambda figure: numbers.number(language, Decimal(figure))
    made.globals["seconds"] = lambda text: timedelta(seconds=float(text))
    made.filters["day"] = lambda value: numbers.day(language, value)
    made.globals["money"] = lambda amount, currency: numbers.money(language, amount, currency)
    # Of a sentence that may be ours or a service's.
    made.filters["say"] = lambda sentence: in_words(language, sentence)
    return made


class CompiledTemplates:
    """Every template in every language, compiled at the start: whoever came first waited a second for it."""

    def __init__(self, database: object = None) -> None:
        for language in LANGUAGES:
            made = environment(language)
            for name in made.list_templates(extensions=["html"]):
                made.get_template(name)


def render(template: str, reader: Reader, values: Mapping[str, Any]) -> str:
    """Render a template for a reader; `at`, `real`, `left`, `long`, `hours` and `lines` are about their times and words."""
    page = environment(reader.language).get_template(template)
    return page.render(
        reader=reader,
        at=lambda instant: time_tag(reader, instant, times.at),
        # Of a real moment, such as when a service stopped to answer, in the time of the page.
        real=lambda instant: time_tag(reader, instant + reader.ahead, times.at),
        left=lambda instant: time_tag(reader, instant, times.left),
        long=lambda length: times.duration(reader.language, length),
        hours=lambda length: times.working_time(reader.language, length),
        # Of a sentence of a service that names instants.
        tell=lambda sentence: in_words(reader.language, sentence, reader),
        # Of a reason in a verdict of the gate.
        justified=lambda reason: justification(reader, reason),
        lines=paragraphs,
        **values,
    )


def justification(reader: Reader, reason: Mapping[str, Any]) -> str:
    """Why a criterion of the gate is not met: the gate's sentence in the reader's words, or what a person wrote."""
    text = text_of_justification(reason)
    return text if isinstance(text, str) else in_words(reader.language, text, reader)


def time_tag(reader: Reader, instant: str | datetime | None, words: Any) -> Markup:
    """An instant as `<time>`, in full in its title; nothing for none."""
    moment = times.parse(instant)
    if moment is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), times.in_full(reader, moment), words(reader, moment)
    )


def paragraphs(text: str | None) -> Markup:
    """What somebody wrote, as paragraphs, every character of it escaped."""
    blocks = [block.strip("\n") for block in (text or "").replace("\r\n", "\n").split("\n\n")]
    shown = [escape(block).replace("\n", Markup("<br>")) for block in blocks if block.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in shown)
