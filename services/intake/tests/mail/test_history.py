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
        "Two lines\n-- \nJan Bakker\nAcme",
    ],
)
def test_what_may_be_new_stays(text: str) -> None:
    assert split_answer(text).text == text


def test_a_line_above_a_quote_stays_unless_it_names_who_wrote() -> None:
    answer = split_answer("Please answer this:\n> what I asked")
    assert (answer.text, answer.history) == ("Please answer this:", "> what I asked")


def test_what_is_forwarded_is_never_folded() -> None:
    text = f"See below.\n\n{OUTLOOK}"
    assert split_answer(text, is_forwarded=True).text == text


LINES = st.sampled_from(
    [
        "",
        "words",
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
