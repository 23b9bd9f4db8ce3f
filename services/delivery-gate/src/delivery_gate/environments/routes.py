"""HTTP routes of environments."""

from typing import Annotated

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, Transaction, router, set_etag
from delivery_gate.environments import store
from delivery_gate.environments.schemas import EnvironmentRead
from delivery_gate.path_parameters import EnvironmentRef

routes = router("/v1/environments", ["environments"])


@routes.get("")
async def list_environments(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("environments:read")],
) -> Page[EnvironmentRead]:
    """List environments, in the order of their keys. A customer's contact sees only those of the
    customer, in the portal too."""
    after = page.after_as(str)
    rows = await store.page(tx, caller.customer, after, page.limit)
    return page.page_of(
        rows, EnvironmentRead.model_validate, lambda environment: (environment.key,)
    )


@routes.get("/{environment}")
async def get_environment(
    ref: EnvironmentRef,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("environments:read")],
) -> EnvironmentRead:
    """Get an environment by its id or key. A customer's contact gets 404 for those of others."""
    environment = await store.find(tx, ref)
    if environment is None or not caller.can_see(environment.customer):
        raise NotFound(f"Environment {ref}")
    set_etag(response, environment.sequence)
    return EnvironmentRead.model_validate(environment)
