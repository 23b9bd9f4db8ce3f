"""The colours of an explanation's chart, on light and on dark ground. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sla.clocks.domain.explanation import Reason
from sla.rendering.theme import ThemeName


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart; `ground` is the background, `late` what is too late."""

    ground: str
    ink: str
    soft: str
    line: str
    late: str
    fills: Mapping[Reason, str]


LIGHT: Final = Theme(
    "#ffffff",
    "#1f2933",
    "#52606d",
    "#9aa5b1",
    "#c0262d",
    {
        "counted": "#0b7a75",
        "closed_hours": "#dfe4ea",
        "holiday": "#b9a5dd",
        "break": "#c7d0d9",
        "maintenance": "#8fb3d9",
        "waiting_on_customer": "#f2b84b",
        "stopped": "#f3f5f7",
    },
)
DARK: Final = Theme(
    "#11181f",
    "#e6edf3",
    "#a3b1bf",
    "#55636f",
    "#ff7b72",
    {
        "counted": "#2bb3a9",
        "closed_hours": "#2b3640",
        "holiday": "#7d66b3",
        "break": "#3d4a56",
        "maintenance": "#4a78ab",
        "waiting_on_customer": "#b98516",
        "stopped": "#1b242c",
    },
)
THEMES: Final[Mapping[ThemeName, Theme]] = {"light": LIGHT, "dark": DARK}
