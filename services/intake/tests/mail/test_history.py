"""Of an answer only what is certainly history is folded away, and never lost (I3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.domain.history import split_answer

QUOTE = "> Which version do you run?\n> Anna"
OUTLOOK = "From: Anna <anna@ours.example>\nSent: Monday, 30 November 2026 08:30\nTo: Jan\nSubject: Question\n\nWhich version?"


@pytest.mark.parametrize(
    "history",
    [
        f"On Mon, 30 Nov 2026 at 08:30, Anna <anna@ours.example> wrote:\n{QUOTE}",
        f"On Mon, 30 Nov 2026 at 08:30, Anna de Vries\n<anna@ours.example> wrote:\n\n{QUOTE}",
        f"Am 30.11.2026 um 08:30 schrieb Anna:\n{QUOTE}",
        f"Op ma 30 nov 2026 om 08:30 schreef Anna:\n{QUOTE}\n\n>> older\n",
        f"Le lun. 30 nov. 2026 à 08:30, Anna a écrit :\n{QUOTE}",
        f"2026年11月30日(月) 8:30 Anna <anna@ours.example>:\n{QUOTE}",
        QUOTE,
        OUTLOOK,
        f"________________________________\n{OUTLOOK}",
        f"-----Original Message-----\n{OUTLOOK}",
        "-----Ursprüngliche Nachricht-----\nWelche Version?",
        "*From:* Anna\n*Sent:* Monday\n*To:* Jan\n\nWhich version?",
        "Von: Anna\nGesendet: Montag\nAn: Jan\nBetreff: Frage\n\nWelche Version?",
        "Van: Anna\nVerzonden: maandag\nAan: Jan\nOnderwerp: Vraag\n\nWelke versie?",
    ],
)
def test_history_at_the_end_is_folded(history: str) -> None:
    answer = split_answer(f"We run 4.2.\n\nJan\n\n{history}")
    assert answer.text == "We run 4.2.\n\nJan"
    assert "".join((answer.history or "").split()) == "".join(history.split())


@pytest.mark.parametrize(
    "text",
    [
        "Hi Anna, answers below.\n\nOn Mon Anna wrote:\n> Which version?\n\nWe run 4.2.\n\n> Since when?\n\nFriday.",
        "> Which version?\n\n4.2",
        "> only a quote",
        "On 30 November at 08:00 the import job wrote:\nERROR 4711\n\nCan you raise the quota?",
        "The header:\n\nFrom: shop@acme.example\nTo: ria@shop.example\nSubject: Your order\n\nIt took 40 minutes.",
        "See below.\n\n---------- Forwarded message ---------\nFrom: Ria\nDate: Mon\nSubject: x\nTo: Jan\n\nIt fails.",
        f"See below.\n\nBegin forwarded message:\n\n{OUTLOOK}",
        "To: do\nFrom: here\nDate: tomorrow",
        OUTLOOK,
        "-----Original Message-----\nall there is",
        "Two lines\n--\nJan Bakker\nAcme",
        "Two lines\n-- \nJan\n\nOne more thing: it is urgent.",
        "Two lines\n-- \nJan\n> Which version?\n4.2",
        "> Which version?\n\n-- \n4.2",
        "On 30.11.2026 Anna wrote:\n> Which version?\n-- \n4.2",
        "-- \nJan",
        "Two lines\n-- \n" + "\n".join(["line"] * 13),
        "See below\n-- \nJan\n---------- Forwarded message ---------\nIt fails.",
    ],
)
def test_what_may_be_new_stays(text: str) -> None:
    assert split_answer(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Please answer this:\n> what I asked",
        "The console says:\n> ERROR 4711\n> FATAL",
        "The settings differ:\n< timeout=5\n> timeout=50",
        "Hi,\nOrder 88124 shows this:\n> ERROR 4711",
    ],
)
def test_what_stands_directly_below_a_sentence_belongs_to_it(text: str) -> None:
    assert split_answer(text).text == text


def test_what_is_forwarded_is_never_folded() -> None:
    text = f"See below.\n\n{OUTLOOK}"
    assert split_answer(text, is_forwarded=True).text == text


LINES = st.sampled_from(
    [
        "",
        "words",
        "-- ",
        "> quote",
        "On Mon 3, Anna wrote:",
        "From: a",
        "Sent: b",
        "To: c",
        "____",
        "-----Original Message-----",
    ]
)


@given(st.lists(LINES, max_size=14))
def test_every_line_is_new_or_history(lines: list[str]) -> None:
    answer = split_answer("\n".join(lines))
    both = f"{answer.text}\n{answer.history or ''}".splitlines()
    assert [line for line in both if line] == [line for line in lines if line]


@pytest.mark.parametrize(
    "attribution",
    [
        "On 26.06.2014 14:41, Anna wrote:",
        "On Mon, 30 Nov 2026 at 08:30, Anna de Vries\n<anna@ours.example> wrote:",
        "02.04.2012 14:20 пользователь Anna <\nanna@ours.example> написал:",
        "Thu, 26 Jun 2014 14:00:51 +0400 от Anna <anna@ours.example>:",
        "Am 30.11.2026 um 08:30 schrieb Anna:",
        "anna@ours.example wrote:",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_the_last_lines_above_the_attribution_are_new(attribution: str, gap: str) -> None:
    """A mail program may leave no blank line between what was written and what it adds."""
    new = "It still fails.\nCan you call me today?\nJan"
    answer = split_answer(f"{new}\n{gap}{attribution}\n{QUOTE}")
    assert answer.text == new
    assert answer.history == f"{attribution}\n{QUOTE}"


@pytest.mark.parametrize(
    "line", ["Order 88124 shows this:", "These 3 remain:", "Please look at 17 of them:"]
)
def test_a_sentence_with_a_number_is_no_attribution(line: str) -> None:
    assert split_answer(f"Hi,\n{line}\n\n> ERROR 4711").text == f"Hi,\n{line}"


def test_a_line_with_a_number_above_the_attribution_is_new() -> None:
    answer = split_answer(f"2 screens are blank\nAnna <anna@ours.example> wrote:\n{QUOTE}")
    assert answer.text == "2 screens are blank"


@pytest.mark.parametrize("below", ["", f"\n\n{QUOTE}", f"\n\n{OUTLOOK}"])
@pytest.mark.parametrize("signature", ["-- \nJan Bakker\nAcme", "-- \n" + "\n".join("x" * 12)])
def test_a_signature_is_folded_with_what_stands_below(signature: str, below: str) -> None:
    answer = split_answer(f"> Which version?\n\nWe run 4.2.\n\n{signature}{below}")
    assert answer.text == "> Which version?\n\nWe run 4.2."
    assert answer.history == f"{signature}{below}"
