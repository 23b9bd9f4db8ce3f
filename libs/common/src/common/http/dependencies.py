"""FastAPI dependencies that all routes share."""

from typing import Annotated, cast

from fastapi import Depends, Request

from common.domain.console_pages import ConsolePages
from common.http.state import runtime_of
from common.persistence.database import Connection


async def _request_transaction(request: Request) -> Connection:
    return cast(Connection, request.state.tx)


Transaction = Annotated[Connection, Depends(_request_transaction)]
"""The transaction of the request: TransactionalRoute begins it and commits before the response."""


async def _console_pages(request: Request) -> ConsolePages:
    return ConsolePages(runtime_of(request.app).settings.console_url)


LinkedPages = Annotated[ConsolePages, Depends(_console_pages)]
"""The pages of the console, for links in answers."""
