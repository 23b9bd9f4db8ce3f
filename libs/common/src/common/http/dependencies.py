"""FastAPI dependencies that all routes share."""

from typing import Annotated, cast

from fastapi import Depends, Request

from common.persistence.database import Connection


async def _request_transaction(request: Request) -> Connection:
    return cast(Connection, request.state.tx)


Transaction = Annotated[Connection, Depends(_request_transaction)]
"""The transaction of the request: TransactionalRoute begins it and commits before the response."""
