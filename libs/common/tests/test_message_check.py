"""The check of a message before it is sent (R11): what it finds, and what it leaves alone."""

import pytest

from common.language_detection import detect_language
from common.wording import FINDINGS, MessageContext, check_message
from common.wording.prose import sentences
from common.wording.readability import reading_ease, syllables

GOOD = {
    "en": "Dear Jan,\n\nWe have found the cause. Invoices leave again since nine.\n\nKind regards\nAnna",
    "nl": "Beste Jan,\n\nWij hebben de oorzaak gevonden. Facturen gaan weer weg.\n\nMet vriendelijke groet\nAnna",
    "de": "Guten Tag Jan,\n\nwir haben die Ursache gefunden.\n\nMit freundlichen Grüßen\nAnna",
}
NOTE = "The customer forgot to renew the licence and sales must not hear of it before Monday"


def codes(text: str, **context: object) -> list[str]:
    given = {"language": "en"} | context
    return [one.code for one in check_message(text, MessageContext(**given))]  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("language", ["en", "nl", "de"])
def test_a_good_letter_has_no_findings(language: str) -> None:
    assert codes(GOOD[language], language=language) == []


def test_a_language_without_rules_is_not_blamed_for_its_greeting() -> None:
    assert codes("Bonjour Jan, c'est réparé.", language="fr") == []


@pytest.mark.parametrize(
    "text",
    ["Dear {{contact}},", "by {{ next_update }}", "Dear {contact name},", "on ${DATE}", "[[x]]"],
)
def test_a_placeholder_that_is_not_filled_stops_the_message(text: str) -> None:
    found = check_message(text, MessageContext("en"))
    assert [one.code for one in found if one.is_hard] == ["unfilled_placeholder"]
    assert "write the value" in found[0].detail


@pytest.mark.parametrize(
    "text",
    [
        "Call `/v1/tickets/{ticket}` and set `{{ .Values.image }}`.",
        "```\nimage: {{ .Values.image }}\n```",
        "    {{ indented }}",
        "GET /v1/tickets/{ticket}/messages",
        'It answers {"status": 1}.',
        "> you wrote {{contact}}",
    ],
)
def test_code_and_quotations_are_no_placeholders(text: str) -> None:
    assert "unfilled_placeholder" not in codes(text)


@pytest.mark.parametrize("text", ["We restart it on TODO.", "Dear [name],", "Version XXX is out."])
def test_what_looks_unfinished_is_shown_and_stops_nothing(text: str) -> None:
    found = check_message(text, MessageContext("en", is_letter=False))
    assert [(one.code, one.severity) for one in found] == [("unfinished", "soft")]


def test_words_copied_from_a_note_stop_the_message_however_they_are_written() -> None:
    text = "Dear Jan, as you know: THE CUSTOMER forgot\nto renew the licence, and sales must wait."
    found = check_message(text, MessageContext("en", notes=[NOTE]))
    assert found[0].code == "internal_note"
    assert found[0].quote == "the customer forgot to renew the licence and sales must"


def test_what_the_customer_wrote_may_be_quoted_back_although_a_note_quotes_it_too() -> None:
    text = f"Dear Jan, you wrote: {NOTE}."
    assert "internal_note" not in codes(text, notes=[NOTE], shared=[f"Hello! {NOTE}"])


@pytest.mark.parametrize("note", ["ok", "Restarted it.", "checked the logs again"])
def test_a_few_words_in_a_note_stop_nothing(note: str) -> None:
    assert "internal_note" not in codes(f"We {note}", notes=[note])


@pytest.mark.parametrize(
    "text", ["As at Brightwater Clinic.", "as at brightwater  clinic's", "Brightwater Clinic"]
)
def test_another_customers_name_stops_the_message(text: str) -> None:
    found = check_message(text, MessageContext("en", other_names=["Brightwater Clinic"]))
    assert (found[0].code, found[0].severity) == ("other_customer", "hard")


def test_a_name_that_is_a_word_counts_as_a_name_only_as_it_is_written() -> None:
    assert codes("An apple a day", other_names=["Apple"], is_letter=False) == []
    assert codes("As at Apple's.", other_names=["Apple"], is_letter=False) == ["other_customer"]
    assert codes("Applesauce", other_names=["Apple"], is_letter=False) == []


def test_a_name_that_the_reader_named_or_bears_is_known_to_them() -> None:
    names = {"other_names": ["Acme", "Hosthaven"], "is_letter": False}
    assert (
        codes("Acme and Hosthaven", own_name="Acme Logistics", shared=["ask Hosthaven"], **names)
        == []
    )


def test_greeting_and_closing_are_missed_in_the_readers_language() -> None:
    found = check_message("Het werkt weer.", MessageContext("nl"))
    assert [one.code for one in found] == ["missing_greeting", "missing_closing"]
    assert "Beste Jan," in found[0].detail
    assert {one.severity for one in found} == {"soft"}


def test_a_resolution_is_no_letter() -> None:
    assert codes("Restarted the queue.", is_letter=False) == []


def test_another_language_than_the_readers_is_said_with_both_names() -> None:
    found = check_message(GOOD["de"], MessageContext("nl", "de", is_letter=False))
    assert [one.code for one in found] == ["wrong_language"]
    assert "German" in found[0].detail
    assert "Dutch" in found[0].detail


def test_a_sentence_that_nobody_reads_once_only_is_shown() -> None:
    text = " ".join(["word"] * 41) + "."
    assert codes(text, is_letter=False) == ["long_sentence"]
    assert codes(" ".join(["word"] * 40) + ".", is_letter=False) == []


def test_lines_lists_and_logs_are_no_long_sentences() -> None:
    items = "\n".join(f"- item {number} of the list" for number in range(30))
    log = "```\n" + "error in module " * 60 + "\n```"
    assert codes(f"{items}\n\n{log}", is_letter=False) == []


def test_official_prose_is_hard_to_read_by_the_formula_of_its_language() -> None:
    text = (
        "Die Durchführung der Wiederherstellungsmaßnahmen erfordert organisatorische"
        " Abstimmungsprozesse zwischen verantwortlichen Bereitschaftsorganisationen. "
    ) * 5
    found = check_message(text, MessageContext("de", is_letter=False))
    assert [one.code for one in found] == ["hard_to_read"]
    assert "Amstad" in found[0].detail


def test_the_formulas_give_what_their_papers_say() -> None:
    """Ten words a sentence, one syllable a word."""
    spoken = ["the cat sat on the mat and ate a fish."] * 4
    assert reading_ease(spoken, "en") == pytest.approx(206.835 - 1.015 * 10 - 84.6)
    assert reading_ease(["de kat zat op de mat en at een vis."] * 4, "nl") == pytest.approx(
        206.84 - 0.93 * 10 - 77
    )
    assert reading_ease(spoken, "fr") is None
    assert reading_ease(spoken[:3], "en") is None, "too few words for an average"


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("make", "en", 1),
        ("table", "en", 2),
        ("readable", "en", 3),
        ("oorzaak", "nl", 2),
        ("reëel", "nl", 2),
        ("blijven", "nl", 2),
        ("Störung", "de", 2),
        ("Ursache", "de", 3),
        ("x", "en", 1),
    ],
)
def test_syllables_are_counted_as_groups_of_vowels(word: str, language: str, count: int) -> None:
    assert syllables(word, language) == count


def test_blunt_words_are_whole_words_and_say_what_to_do_instead() -> None:
    blunt = {"you failed to": "say what is missing"}
    found = check_message(
        "You  failed to send it.", MessageContext("en", blunt=blunt, is_letter=False)
    )
    assert [one.detail for one in found] == ["“you failed to” may hurt: say what is missing."]
    assert codes("You failed together.", blunt=blunt, is_letter=False) == []


def test_every_code_has_a_sentence_that_says_what_to_do_and_hard_ones_come_first() -> None:
    severities = [kind.severity for kind in FINDINGS.values()]
    assert severities == sorted(severities, key=["hard", "soft"].index)
    text = "Brightwater Clinic {{x}} TODO"
    found = check_message(text, MessageContext("en", other_names=["Brightwater Clinic"]))
    assert [one.code for one in found] == [
        "unfilled_placeholder",
        "other_customer",
        "unfinished",
        "missing_greeting",
        "missing_closing",
    ]


def test_wrapped_lines_are_one_sentence_and_short_lines_are_their_own() -> None:
    text = "This line is as long as a mail client makes them,\nand it goes on here.\nHi Jan\nBye"
    assert list(sentences(text)) == [
        "This line is as long as a mail client makes them, and it goes on here.",
        "Hi Jan",
        "Bye",
    ]


@pytest.mark.parametrize("language", ["en", "nl", "de"])
async def test_the_language_of_a_letter_is_detected(language: str) -> None:
    assert await detect_language(GOOD[language]) == language


@pytest.mark.parametrize(
    "text", ["", "We found it.", "`kubectl get pods`", "https://x.example/" + "a" * 80]
)
async def test_of_a_few_words_no_language_is_guessed(text: str) -> None:
    assert await detect_language(text) is None
