"""Whether a text asks anything, whatever its language. Pure."""

import unicodedata

QUESTION_MARKS = frozenset("?\uff1f\u061f\u037e\u055e\u1367\u2047\u2048\u2049\ufe16\ufe56")
"""What ends a question in the scripts of the world (of Greek: U+037E)."""
SENTENCE_ENDS = frozenset(".!\u3002\uff01")
MIN_LETTERS = 8
"""Letters below which nothing can have been asked; one of a script without spaces counts three."""


def is_question(text: str) -> bool:
    """Return whether a text asks something: it has a question mark, and words enough before one.

    So `?` or `ok?` is none. No language is known here, so nothing is said about whether the question
    is a good one: the customer sees it and may say so.
    """
    return any(_weight(part) >= MIN_LETTERS for part in _asking_parts(text))


def _asking_parts(text: str) -> list[str]:
    """The sentences of a text that end in a question mark, without it."""
    parts, begin = [], 0
    for index, character in enumerate(text):
        if character in QUESTION_MARKS:
            parts.append(text[begin:index])
        if character in QUESTION_MARKS or _ends_sentence(text, index):
            begin = index + 1
    return parts


def _ends_sentence(text: str, index: int) -> bool:
    """Whether a sentence ends here: a full stop within `1.4.2` or an address ends none."""
    following = text[index + 1 : index + 2]
    return text[index] in SENTENCE_ENDS and (not following or following.isspace())


def _weight(text: str) -> int:
    """Letters, of which an ideograph or syllable sign counts three; repeated ones count once in a row."""
    letters = [
        character
        for index, character in enumerate(text)
        if character.isalpha() and character != text[index - 1 : index]
    ]
    return sum(3 if unicodedata.category(character) == "Lo" else 1 for character in letters)
