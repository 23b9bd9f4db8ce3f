"""How a route says what its caller must be allowed to do: `Annotated[Caller, needs("…")]`."""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from common.auth.caller import Caller
from common.auth.permissions import PERMISSIONS
from common.errors import Forbidden


class RequiresPermission:
    """The dependency behind `needs`: the caller, once they are known to hold the permission."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise LookupError(f"add {permission!r} to common.auth.permissions first")
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        # The route class has authenticated them: see `common.http.route.authorize_request`.
        caller: Caller = request.state.caller
        return self.check(caller)

    def check(self, caller: Caller) -> Caller:
        """The same caller. Raises Forbidden, naming the permission that is missing."""
        if not caller.has_permission(self.permission):
            raise Forbidden(
                f"{caller.sub} does not hold the permission {self.permission}."
                " Ask somebody who does, or for the role.",
                permission=self.permission,
            )
        return caller


def requires(permission: str) -> Any:
    """The dependency that every route names. Raises LookupError when no such permission exists."""
    return Depends(RequiresPermission(permission))


def requirements_of(dependant: Dependant) -> Iterator[RequiresPermission]:
    """What a route needs: named by itself and by what it depends on."""
    if isinstance(dependant.call, RequiresPermission):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from requirements_of(dependency)
