"""How a route names the permission it requires: `Annotated[Caller, requires("…")]`."""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from common.auth.caller import Caller
from common.auth.permissions import PERMISSIONS
from common.errors import Forbidden


class RequiresPermission:
    """The dependency behind `requires`: returns the caller if they hold the permission."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise LookupError(f"add {permission!r} to common.auth.permissions first")
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        # The route class has authenticated them: see `common.http.route.authorize_request`.
        caller: Caller = request.state.caller
        return self.check(caller)

    def check(self, caller: Caller) -> Caller:
        """Return the caller. Raises Forbidden, naming the missing permission."""
        if not caller.has_permission(self.permission):
            raise Forbidden(
                f"{caller.sub} does not hold the permission {self.permission}."
                " Ask for the role, or ask somebody who has it.",
                permission=self.permission,
            )
        return caller


def requires(permission: str) -> Any:
    """Return the dependency for a permission. Raises LookupError for an unknown one."""
    return Depends(RequiresPermission(permission))


def requirements_of(dependant: Dependant) -> Iterator[RequiresPermission]:
    """Yield the permissions that a route and its dependencies require."""
    if isinstance(dependant.call, RequiresPermission):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from requirements_of(dependency)
