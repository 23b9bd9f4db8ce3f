"""What answers say, in whatever form they come."""

import io
import zipfile

from httpx import Response
from pypdf import PdfReader


def marks_in(answer: Response, marks: frozenset[str]) -> set[str]:
    text = text_of(answer)
    return {mark for mark in marks if mark in text}


def text_of(answer: Response) -> str:
    """The text of an answer, also of a workbook and of a PDF."""
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    if "pdf" in kind:
        return "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages
        )
    return answer.text
