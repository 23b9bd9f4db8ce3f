"""What a service says by a code is said in the reader's words; without words in the service's own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.language.chosen import Reader
from console.language.sentences import in_words
from console.look.rendering import justification
from console.service_text import URN, ServiceText, faults_of, text_of_act, text_of_problem


def test_a_refusal_is_said_in_the_reader_s_language() -> None:
    problem = {"type": f"{URN}four-eyes", "code": "FOUR_EYES", "detail": "omar resolved OPS-7."}
    text = text_of_problem(problem)
    assert in_words("nl", text) == "U deed de eerste stap zelf. Iemand anders doet deze."
    assert in_words("en", text) == "You did the first step yourself. Another person does this one."


def test_facts_are_filled_in_with_words_for_codes() -> None:
    why_not = {
        "code": "wrong_state",
        "parameters": {"state": "on_hold"},
        "detail": "It is on_hold.",
    }
    text = text_of_act({"act": "hold", "possible": False, "why_not": why_not})
    assert in_words("de", text) == "Es ist angehalten: Das geht jetzt nicht."
    assert in_words("nl", text) == "Het is in de wacht: dat kan nu niet."


def test_without_its_facts_the_general_sentence_is_said() -> None:
    text = ServiceText("wrong_state", "It is on_hold.")
    assert in_words("en", text) == "That is not possible in its present state."


def test_what_has_no_words_is_said_in_the_service_s_own() -> None:
    text = ServiceText("of_next_year", "Do <this> & that.")
    assert in_words("nl", text) == '<span lang="en">Do &lt;this&gt; &amp; that.</span>'


def test_facts_of_a_service_are_no_markup() -> None:
    text = ServiceText("another_customer", "No.", {"other": "<script>"})
    assert not hasattr(in_words("en", text), "__html__"), "so that the page escapes it"


def test_the_place_that_a_check_of_a_message_means_is_quoted() -> None:
    problem = {
        "errors": [{"pointer": "/text", "code": "unfilled_placeholder", "detail": "…"}],
        "findings": [{"code": "unfilled_placeholder", "quote": "{name}", "severity": "hard"}],
    }
    [(field, text)] = faults_of(problem)
    assert field == "text"
    assert in_words("nl", text) == "“{name}” is niet ingevuld: schrijf de waarde."


def test_a_code_of_many_refusals_is_said_with_the_service_s_own_sentence() -> None:
    text = text_of_problem({"type": f"{URN}conflict", "detail": "This key is taken."})
    assert in_words("en", text) == '<span lang="en">This key is taken.</span>'
    assert in_words("nl", text).endswith(' <span lang="en">This key is taken.</span>')
    assert in_words("nl", text).startswith("Iets dat loopt")


def test_a_permission_that_is_missing_needs_no_more_words() -> None:
    text = text_of_problem({"type": f"{URN}forbidden", "permission": "x:y", "detail": "No x:y."})
    assert (
        in_words("nl", text) == "Uw rol mag dit niet. Vraag iemand die het mag, of vraag om de rol."
    )


AMSTERDAM = Reader("nl", ZoneInfo("Europe/Amsterdam"), datetime(2026, 3, 2, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("code", "parameters", "words"),
    [
        ("check_missing", {}, "Deze controle heeft nog geen uitslag gemeld."),
        (
            "check_failed",
            {"failed_at": "2026-03-01T23:30:00+00:00"},
            "Ze is mislukt: 00:30.",
        ),
        (
            "check_too_old",
            {"age_span": "2592000"},
            "De uitslag is ouder dan 30 d. Draai haar opnieuw.",
        ),
        ("never_verified", {"tier": "staging"}, "Deze digest is nooit geverifieerd in staging."),
    ],
)
def test_a_sentence_of_the_gate_is_told_in_the_reader_s_words_and_zone(
    code: str, parameters: dict[str, str], words: str
) -> None:
    reason = {"justification": "It is so.", "justification_code": code, "parameters": parameters}
    assert justification(AMSTERDAM, reason) == words


def test_what_a_person_wrote_in_a_refusal_stays_as_it_is() -> None:
    assert justification(AMSTERDAM, {"justification": "No <plan>"}) == "No <plan>"
    newer = {"justification": "It is so.", "justification_code": "of_next_year"}
    assert justification(AMSTERDAM, newer) == '<span lang="en">It is so.</span>'


def fault(pointer: str, code: str) -> ServiceText:
    error = {"pointer": pointer, "code": code, "detail": "String should match pattern '^[a-z]$'"}
    [(_, text)] = faults_of({"errors": [error]})
    return text


def test_instead_of_a_pattern_an_example_of_what_is_right_is_shown() -> None:
    text = fault("/key", "string_pattern_mismatch")
    assert in_words("de", text) == "Schreiben Sie es so: acme-support"
    assert "pattern" not in in_words("en", fault("/reason", "string_pattern_mismatch"))


def test_a_fault_of_a_field_has_the_words_of_that_field() -> None:
    assert in_words("en", fault("/goals/0/credits/1", "order")).startswith("Each step has")
    assert in_words("en", fault("/valid_until", "order")).startswith("The end has to come")
