"""The colours of pictures on dark ground: what each colour of a light picture becomes. Pure.

Pictures are drawn in their light colours. Where it lies on a dark page, a picture is recoloured as a whole, so that
no chart has to know of two palettes; the more of something a colour means, the more it stands out on both.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

ThemeName = Literal["light", "dark"]

GROUND: Final = "#11181f"
INK: Final = "#e6edf3"
DARK: Final[Mapping[str, str]] = {
    # Ground and words.
    "#fff": GROUND,
    "#ffffff": GROUND,
    "#1b2733": INK,
    "#1d1d1b": INK,
    "#1f2937": INK,
    "#444": "#b6c2cd",
    "#5c5c5c": "#b6c2cd",
    "#6b7280": "#9fb0bf",
    "#6b7a89": "#9fb0bf",
    # Lines and empty surfaces.
    "#888": "#7d8a97",
    "#bbb": "#55636f",
    "#e5e7eb": "#2b3640",
    "#ebebe7": "#2b3640",
    "#eceff2": "#2b3640",
    "#f9f9f7": "#1b242c",
    # Hours of a day, from few to many.
    "#d6e6f8": "#16324d",
    "#a9cdf0": "#1d4a75",
    "#6fa9e0": "#245f94",
    "#3d7fc4": "#7fb4e6",
    "#1f5a9c": "#b3d4f3",
    # Kinds of boxes.
    "#dbe9f9": "#1d3a57",
    "#dff2e1": "#1f4427",
    "#efe3f7": "#432d57",
    # Figures, good and bad.
    "#0b5cad": "#58a6ff",
    "#1f4e79": "#79b8ff",
    "#3b5b92": "#7aa2e0",
    "#7fb685": "#3f8f4a",
    "#fbe3a6": "#5c4410",
    "#d98e04": "#e3a32f",
    "#e5a9a4": "#8f4b47",
    "#f3b0a9": "#7a3430",
    "#b00020": "#ff7b72",
    "#b3261e": "#ff7b72",
}
_COLOUR: Final = re.compile(r' (fill|stroke)="(#[0-9a-fA-F]{3,6})"')
"""A colour as an attribute: in text a quotation mark is escaped, so no text looks like one."""


def in_dark(svg: str) -> str:
    """The picture in the colours for dark ground. A colour that is not in the table stays."""
    return _COLOUR.sub(lambda found: f' {found[1]}="{DARK.get(found[2], found[2])}"', svg)
