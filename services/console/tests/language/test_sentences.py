"""What a service says by a code is said in the reader's words; without words in the service's own."""

from console.language.sentences import in_words
from console.said import URN, Said, faults_of, said_of_act, said_of_problem


def test_a_refusal_is_said_in_the_reader_s_language() -> None:
    problem = {"type": f"{URN}four-eyes", "code": "FOUR_EYES", "detail": "omar resolved OPS-7."}
    said = said_of_problem(problem)
    assert in_words("nl", said) == "U deed de eerste stap zelf. Iemand anders doet deze."
    assert in_words("en", said) == "You did the first step yourself. Another person does this one."


def test_facts_are_filled_in_with_words_for_codes() -> None:
    why_not = {
        "code": "wrong_state",
        "parameters": {"state": "on_hold"},
        "detail": "It is on_hold.",
    }
    said = said_of_act({"act": "hold", "possible": False, "why_not": why_not})
    assert in_words("de", said) == "Es ist angehalten: Das geht jetzt nicht."
    assert in_words("nl", said) == "Het is in de wacht: dat kan nu niet."


def test_without_its_facts_the_general_sentence_is_said() -> None:
    said = Said("wrong_state", "It is on_hold.")
    assert in_words("en", said) == "That is not possible in its present state."


def test_what_has_no_words_is_said_in_the_service_s_own() -> None:
    said = Said("of_next_year", "Do <this> & that.")
    assert in_words("nl", said) == '<span lang="en">Do &lt;this&gt; &amp; that.</span>'


def test_facts_of_a_service_are_no_markup() -> None:
    said = Said("another_customer", "No.", {"other": "<script>"})
    assert not hasattr(in_words("en", said), "__html__"), "so that the page escapes it"


def test_the_place_that_a_check_of_a_message_means_is_quoted() -> None:
    problem = {
        "errors": [{"pointer": "/text", "code": "unfilled_placeholder", "detail": "…"}],
        "findings": [{"code": "unfilled_placeholder", "quote": "{name}", "severity": "hard"}],
    }
    [(field, said)] = faults_of(problem)
    assert field == "text"
    assert in_words("nl", said) == "“{name}” is niet ingevuld: schrijf de waarde."


def test_a_code_of_many_refusals_is_said_with_the_service_s_own_sentence() -> None:
    said = said_of_problem({"type": f"{URN}conflict", "detail": "This key is taken."})
    assert in_words("en", said) == '<span lang="en">This key is taken.</span>'
    assert in_words("nl", said).endswith(' <span lang="en">This key is taken.</span>')
    assert in_words("nl", said).startswith("Iets dat loopt")


def test_a_permission_that_is_missing_needs_no_more_words() -> None:
    said = said_of_problem({"type": f"{URN}forbidden", "permission": "x:y", "detail": "No x:y."})
    assert (
        in_words("nl", said) == "Uw rol mag dit niet. Vraag iemand die het mag, of vraag om de rol."
    )
