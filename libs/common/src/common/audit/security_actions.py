"""Which audited acts are security events, too: changes of rights, and of settings that guard others."""

from typing import Final

from common.telemetry.security_events import Kind

SECURITY_ACTIONS: Final[dict[str, Kind]] = {
    "calendar.import": "setting_changed",
    "calendar.make": "setting_changed",
    "contact.confirm_erasure": "contact_erased",
    "contact.erase": "contact_erased",
    "contact.export": "contact_exported",
    "contact.request_erasure": "contact_erased",
    "matrix.change": "setting_changed",
    "outage_rules.write": "setting_changed",
    "person.settings": "setting_changed",
    "policy.make": "setting_changed",
    "rota.make": "setting_changed",
    "token.revoke": "tokens_revoked",
}
HOLDERS_OF_RIGHTS: Final = frozenset({"contact", "partner", "person"})
"""Whatever else happens to these changes who may act: they are added, changed, or ended."""


def security_kind(action: str) -> Kind | None:
    """Return which security event an audited action (`person.add`) is; None where it is none.

    What was denied (`person.confirm.denied`) changed nothing; the refusal is an event of its own.
    """
    if action.endswith(".denied"):
        return None
    is_about_rights = action.partition(".")[0] in HOLDERS_OF_RIGHTS
    return SECURITY_ACTIONS.get(action, "role_changed" if is_about_rights else None)
