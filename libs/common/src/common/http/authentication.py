"""Authentication of a request: token, On-Behalf-Of, limits; before any transaction is opened.

It needs the ASGI scope alone, so that fast routes and FastAPI's routes share it.
"""

from hashlib import sha256
from typing import Final, NoReturn

from starlette.types import Scope

from common.auth.caller import Caller, ResolveContact
from common.auth.permissions import CUSTOMER, PARTNER, PORTAL
from common.auth.persons import record_caller
from common.auth.revoked import CustomerEnded
from common.auth.sign_in import SignInPolicy
from common.auth.tokens import MAX_CACHED_TOKENS, Authenticator
from common.errors import Forbidden, Problem, TooManyRequests, Unauthenticated
from common.http.client_address import ClientAddresses
from common.http.limits import RateLimiter
from common.persistence.database import Database
from common.persistence.row_scope import RowScope, set_scope

ON_BEHALF_OF: Final = b"on-behalf-of"
MAX_ADDRESS_CHARS: Final = 254
CALLER_KEY: Final = "opsdesk.caller"
"""The key of the ASGI scope under which the caller's identity is left for the log."""
COUNTED_KEY: Final = "opsdesk.counted"
"""Set in the ASGI scope of a request that is nobody's and is counted by its token already."""


class _RefusedAgain(Exception):
    """A token that was refused before, within the minute."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class RequestAuthenticator:
    """Finds the caller of a request. Without `resolve_contact` nobody can be spoken for."""

    def __init__(
        self,
        authenticator: Authenticator,
        limits: RateLimiter,
        database: Database,
        resolve_contact: ResolveContact | None = None,
        addresses: ClientAddresses | None = None,
        sign_in: SignInPolicy = SignInPolicy(),  # noqa: B008 - it is frozen
    ) -> None:
        self.authenticator = authenticator
        self.limits = limits
        self.database = database
        self.resolve_contact = resolve_contact
        self.addresses = addresses or ClientAddresses()
        self._recorded: set[tuple[str, str | None, str | None]] = set()
        self.sign_in = sign_in

    async def authenticate(self, scope: Scope) -> Caller:
        """Return the effective caller, and count the request against their limit.

        Leaves the caller's identity under CALLER_KEY of the scope. From here on the transactions of
        this request touch what the caller may see: a contact the rows of their customer, a
        partner's person those of their contracts, others all.

        Raises Unauthenticated, Forbidden (On-Behalf-Of an unknown contact), CustomerEnded or TooManyRequests.
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
            self._refuse_repeated()
        caller = self.authenticator.cached_caller(authorization) if authorization else None
        if caller is None:
            caller = await self._authenticate_token(scope, authorization)
        # Also of a token that is known already: a limit may have verified it, or recording it failed.
        if not self._is_recorded(caller):
            await self._record_account(caller)
        # Before On-Behalf-Of: a machine that speaks for somebody it may not is named, too.
        scope[CALLER_KEY] = caller.identity
        if on_behalf_of is not None:
            caller = await self._speak_for(caller, on_behalf_of)
            scope[CALLER_KEY] = caller.identity
        await self.limits.count(caller.identity)
        set_scope(_row_scope(caller))
        return caller

    async def has_valid_token(self, authorization: bytes | None) -> bool:
        """Return whether this header would be accepted, counting nothing but a refused token."""
        try:
            await self._verify_token(authorization)
        except (Unauthenticated, CustomerEnded, _RefusedAgain):
            return False
        return True

    def _refuse_repeated(self) -> NoReturn:
        """Two headers: what is in front of us may have believed the other one (RFC 9110, 5.3)."""
        raise Unauthenticated("Send Authorization and On-Behalf-Of once each.", "repeated_header")

    async def _authenticate_token(self, scope: Scope, authorization: bytes | None) -> Caller:
        try:
            return await self._verify_token(authorization)
        except _RefusedAgain as again:
            # One token in a loop: it is counted by itself, its neighbours behind the address are not.
            scope[COUNTED_KEY] = True
            raise again.problem from None

    async def _verify_token(self, authorization: bytes | None) -> Caller:
        if authorization is None:
            raise Unauthenticated()
        digest = sha256(b"".join(authorization.split())).digest()
        try:
            self.limits.check_token(digest)
            return await self.authenticator.authenticate(authorization)
        except TooManyRequests as limited:
            raise _RefusedAgain(limited) from None
        except (Unauthenticated, CustomerEnded) as refused:
            if self.limits.count_token(digest):
                raise _RefusedAgain(refused) from None
            raise

    async def _speak_for(self, machine: Caller, header: bytes) -> Caller:
        await self.limits.check_refused(machine.identity, header)
        try:
            return await self._impersonate(machine, header)
        except Problem:
            await self.limits.count_refused(machine.identity, header)
            raise

    def _is_recorded(self, caller: Caller) -> bool:
        """Whether it is recorded whose account this is, or its token does not say so."""
        if caller.email is None and caller.owner is None:
            return True
        return (caller.sub, caller.email, caller.owner) in self._recorded

    async def _record_account(self, caller: Caller) -> None:
        """Record whose account this is, once per process, token's address and owner (R1)."""
        # All rows: nobody is authenticated yet, and no contact reads or writes whose accounts these are.
        async with self.database.transaction(all_rows=True) as tx:
            await record_caller(tx, caller)
        if len(self._recorded) >= MAX_CACHED_TOKENS:
            self._recorded.clear()
        self._recorded.add((caller.sub, caller.email, caller.owner))

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
        self.authenticator.revoked.check_customer(contact.customer)
        return contact.to_caller(via_machine=machine.sub)


def _row_scope(caller: Caller) -> RowScope | None:
    if caller.roles & {CUSTOMER, PARTNER} or caller.customer or caller.partner:
        return RowScope(caller.customer or "", caller.identity, caller.partner or "")
    return None
