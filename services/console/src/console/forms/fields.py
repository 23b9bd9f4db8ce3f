"""What a form asks for, field by field. Pure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "line", "text", "instant", "day", "number", "one_of", "listed", "several", "tick", "words"
]
"""`listed`: one of what a service lists, such as people, `several`: any number of these; `words`: several words,
with blanks between."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `name` is that of the body, `label` a code with words of the kind `field`.

    `choices` are codes with words of the kind `words`, of a field that is `one_of`; `source` names the list of a
    `listed` one. `hint` is a code with words of the kind `hint`. `if_refused`: asked for once the service has refused the form.
    `input`: the name that its input has, where a hidden field of every form has that of the body.
    """

    name: str
    kind: Kind = "text"
    needed: bool = False
    label: str = ""
    choices: tuple[str, ...] = ()
    words: str = ""
    source: str = ""
    hint: str = ""
    if_refused: bool = False
    input: str = ""

    @property
    def code(self) -> str:
        """The code of its label."""
        return self.label or self.name

    @property
    def input_name(self) -> str:
        return self.input or self.name
