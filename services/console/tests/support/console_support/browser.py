"""A browser without scripts: keeps cookies, reads forms, sends them as Chromium does."""

from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

ORIGIN = "http://console.test"
OWN = {"sec-fetch-site": "same-origin", "origin": ORIGIN}


@dataclass
class Page:
    """A page that came, with its status."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def tree(self) -> Any:
        return html.fromstring(self.response.text)

    @property
    def text(self) -> str:
        """The words of the page, with single blanks between."""
        return " ".join(self.tree.text_content().split())

    @property
    def main(self) -> str:
        return " ".join(self.tree.xpath("//main")[0].text_content().split())

    def fields(self, action: str) -> dict[str, str]:
        """Return the fields of a form as they are drawn."""
        forms = [one for one in self.tree.forms if one.get("action") == action]
        form = min(
            forms, key=lambda one: one.method != "POST"
        )  # a search may have the same address
        return {name: value or "" for name, value in form.form_values() if name != "files"}


class Browser:
    """A browser at the console."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str, **headers: str) -> Page:
        return Page(await self.client.get(path, headers=headers))

    async def send(self, page: Page, action: str, **typed: str) -> Page:
        """Send a form of a page with what was typed, and the headers of a page of the same origin."""
        return await self.post(action, page.fields(action) | typed)

    async def send_files(
        self, page: Page, action: str, *files: tuple[str, bytes], **typed: str
    ) -> Page:
        """Send a form that takes files, as browsers do: a nameless one where none was chosen."""
        sent = [("files", (name, content)) for name, content in files] or [("files", ("", b""))]
        fields = page.fields(action) | typed
        return Page(await self.client.post(action, data=fields, files=sent, headers=OWN))

    async def post(self, action: str, fields: dict[str, str], **headers: str) -> Page:
        return Page(await self.client.post(action, data=fields, headers={**OWN, **headers}))
