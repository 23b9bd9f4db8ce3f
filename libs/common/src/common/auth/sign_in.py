"""Approvals that may ask for a fresh or stronger sign-in (RFC 9470), where the settings say so."""

from dataclasses import dataclass
from typing import Final

from common.auth.caller import Caller
from common.errors import Unauthenticated

APPROVALS: Final = frozenset({"waivers:approve"})
"""The permissions by which the General Manager approves (R2)."""


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """What an approval asks of the sign-in: at most `max_age_s` old, by one of `acr_values`.

    None, and no values: anything will do.
    """

    max_age_s: int | None = None
    acr_values: tuple[str, ...] = ()

    def check(self, caller: Caller, permission: str, at: float) -> None:
        """Raise SignInRequired where an approval needs another sign-in. `at`: real seconds since 1970."""
        if permission not in APPROVALS:
            return
        if self.acr_values and caller.acr not in self.acr_values:
            raise SignInRequired(
                self, "Sign in again by a stronger way, then approve.", "weak_sign_in"
            )
        # Not `>`: an instant that is missing or none at all is no fresh sign-in.
        is_fresh = caller.signed_in_at is not None and at - caller.signed_in_at <= (
            self.max_age_s or 0
        )
        if self.max_age_s is not None and not is_fresh:
            raise SignInRequired(
                self,
                f"An approval needs a sign-in of the last {self.max_age_s} seconds. Sign in again, then"
                " approve.",
                "old_sign_in",
            )


class SignInRequired(Unauthenticated):
    """401. The token is valid and does not suffice; the challenge names what would."""

    def __init__(self, policy: SignInPolicy, detail: str, reason: str) -> None:
        super().__init__(detail, reason)
        challenge = ['Bearer realm="opsdesk"', 'error="insufficient_user_authentication"']
        if policy.acr_values:
            challenge.append(f'acr_values="{" ".join(policy.acr_values)}"')
        if policy.max_age_s is not None:
            challenge.append(f'max_age="{policy.max_age_s}"')
        self.type = "urn:opsdesk:error:sign-in-required"
        self.title = "Sign in again"
        self.headers["WWW-Authenticate"] = ", ".join(challenge)
