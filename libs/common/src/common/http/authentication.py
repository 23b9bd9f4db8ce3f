"""Authentication of a request: token, On-Behalf-Of, limits; before any transaction is opened.

It needs the ASGI scope alone, so that fast routes and FastAPI's routes share it.
"""

from typing import Final, NoReturn

from starlette.types import Scope

from common.auth.caller import Caller, ResolveContact
from common.auth.permissions import CUSTOMER, PORTAL
from common.auth.persons import record_caller
from common.auth.sign_in import SignInPolicy
from common.auth.tokens import MAX_CACHED_TOKENS, Authenticator
from common.errors import Forbidden, Problem, Unauthenticated
from common.http.limits import RateLimiter
from common.persistence.database import Database
from common.persistence.row_scope import RowScope, set_scope

ON_BEHALF_OF: Final = b"on-behalf-of"
MAX_ADDRESS_CHARS: Final = 254
CALLER_KEY: Final = "opsdesk.caller"
"""The key of the ASGI scope under which the caller's identity is left for the log."""


class RequestAuthenticator:
    """Finds the caller of a request. Without `resolve_contact` nobody can be spoken for."""

    def __init__(
        self,
        authenticator: Authenticator,
        limits: RateLimiter,
        database: Database,
        resolve_contact: ResolveContact | None = None,
        sign_in: SignInPolicy = SignInPolicy(),  # noqa: B008 - it is frozen
    ) -> None:
        self.authenticator = authenticator
        self.limits = limits
        self.database = database
        self.resolve_contact = resolve_contact
        self._recorded: set[tuple[str, str | None, str | None]] = set()
        self.sign_in = sign_in

    async def authenticate(self, scope: Scope) -> Caller:
        """Return the effective caller, and count the request against their limit.

        Leaves the caller's identity under CALLER_KEY of the scope. From here on the transactions of
        this request touch what the caller may see: a contact the rows of their customer, others all.

        Raises Unauthenticated, Forbidden (On-Behalf-Of an unknown contact) or TooManyRequests.
        """
        authorization = on_behalf_of = None
        repeated = False
        for name, value in scope["headers"]:
            if name == b"authorization":
                repeated = repeated or authorization is not None
                authorization = value
            elif name == ON_BEHALF_OF:
                repeated = repeated or on_behalf_of is not None
                on_behalf_of = value
        if repeated:
            await self._refuse_repeated(scope)
        caller = self.authenticator.cached_caller(authorization) if authorization else None
        if caller is None:
            caller = await self._authenticate_token(scope, authorization)
        # Before On-Behalf-Of: a machine that speaks for somebody it may not is named, too.
        scope[CALLER_KEY] = caller.identity
        if on_behalf_of is not None:
            caller = await self._impersonate(caller, on_behalf_of)
            scope[CALLER_KEY] = caller.identity
        await self.limits.count(caller.identity)
        set_scope(_row_scope(caller))
        return caller

    async def _refuse_repeated(self, scope: Scope) -> NoReturn:
        """Two headers: what is in front of us may have believed the other one (RFC 9110, 5.3)."""
        address = _address(scope)
        await self.limits.check_address(address)
        await self.limits.count_refused(address)
        raise Unauthenticated("Send Authorization and On-Behalf-Of once each.", "repeated_header")

    async def _authenticate_token(self, scope: Scope, authorization: bytes | None) -> Caller:
        address = _address(scope)
        await self.limits.check_address(address)
        try:
            caller = await self.authenticator.authenticate(authorization)
        except Unauthenticated:
            await self.limits.count_refused(address)
            raise
        await self._record_account(caller)
        return caller

    async def _record_account(self, caller: Caller) -> None:
        """Record whose account this is, once per process, token's address and owner (R1)."""
        known = (caller.sub, caller.email, caller.owner)
        if known in self._recorded or (caller.email is None and caller.owner is None):
            return
        # All rows: nobody is authenticated yet, and no contact reads or writes whose accounts these are.
        async with self.database.transaction(all_rows=True) as tx:
            await record_caller(tx, caller)
        if len(self._recorded) >= MAX_CACHED_TOKENS:
            self._recorded.clear()
        self._recorded.add(known)

    async def _impersonate(self, machine: Caller, header: bytes) -> Caller:
        """Return the contact for whom a machine with the scope `portal` speaks, with their rights only."""
        if PORTAL not in machine.scopes:
            raise Forbidden("Only the portal speaks for others. Leave out On-Behalf-Of.")
        if self.resolve_contact is None:
            raise Forbidden("Contacts are not known to this service. Leave out On-Behalf-Of.")
        scheme, _, address = header.decode("latin-1").strip().partition(":")
        address = address.strip().lower()
        if scheme.lower() != "mailto" or "@" not in address or len(address) > MAX_ADDRESS_CHARS:
            raise Problem(
                "on-behalf-of",
                "On-Behalf-Of cannot be read",
                400,
                "Send On-Behalf-Of: mailto:name@example.org.",
            )
        async with self.database.transaction(all_rows=True) as tx:
            contact = await self.resolve_contact(tx, address)
        if contact is None:
            raise Forbidden("No contact has the address in On-Behalf-Of. Register them first.")
        return contact.to_caller(via_machine=machine.sub)


def _row_scope(caller: Caller) -> RowScope | None:
    if CUSTOMER in caller.roles or caller.customer is not None:
        return RowScope(caller.customer or "", caller.identity)
    return None


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "?"
