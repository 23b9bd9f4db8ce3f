"""Pictures that stand inside of HTML as `data:` addresses: files like any other (I3). Pure."""

import re
from typing import Final

from intake.mail.domain.header import decode_base64

_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/svg+xml": "svg"}
_PICTURE: Final = re.compile(
    r"data:(image/[a-z0-9.+-]{1,30})(?:;[a-z0-9=._-]{1,60}){0,3};base64,([A-Za-z0-9+/=\s]+)",
    re.IGNORECASE,
)


def extract_pictures(html: str) -> tuple[str, list[tuple[str, str, bytes]]]:
    """The HTML without the pictures' bytes, and of each picture its name, type and bytes."""
    pictures: list[tuple[str, str, bytes]] = []

    def take_out(match: re.Match[str]) -> str:
        media_type = match[1].lower()
        extension = _EXTENSIONS.get(media_type, media_type.partition("/")[2])
        name = f"picture-{len(pictures) + 1}.{extension}"
        pictures.append((name, media_type, decode_base64(match[2].encode("ascii", "ignore"))))
        return f"cid:{name}"

    return _PICTURE.sub(take_out, html), pictures
