"""Which columns the exports have: one table for each format. Pure.

A CRM is added by a row of FORMATS. Names are compared without case, blanks, dots and underscores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

FormatName = Literal["opsdesk", "salesforce", "netsuite"]
Field = Literal[
    "customer", "account", "name", "first_name", "last_name", "address", "phone", "language"
]


@dataclass(frozen=True, slots=True)
class ContactFormat:
    """The columns of an export, by field in the order of preference.

    `customer` is our own key, `account` the customer's name in the CRM. Several of `address` and `phone` are
    all taken. `ignored` are columns that are known and not needed.
    """

    name: FormatName
    columns: Mapping[Field, Sequence[str]]
    ignored: frozenset[str] = frozenset()


FORMATS: Final[Mapping[FormatName, ContactFormat]] = {
    "opsdesk": ContactFormat(
        "opsdesk",
        {
            "customer": ("customer",),
            "name": ("name",),
            "address": ("address", "email", "other address", "other address 2"),
            "phone": ("phone", "other phone", "other phone 2"),
            "language": ("language",),
        },
    ),
    # The fields of Contact, as Data Loader exports them, and their labels, as reports do.
    "salesforce": ContactFormat(
        "salesforce",
        {
            "account": ("Account.Name", "Account Name", "AccountName"),
            "name": ("Name", "Full Name"),
            "first_name": ("FirstName", "First Name"),
            "last_name": ("LastName", "Last Name"),
            "address": ("Email",),
            "phone": (
                "Phone",
                "Business Phone",
                "MobilePhone",
                "Mobile",
                "Mobile Phone",
                "OtherPhone",
            ),
            "language": ("Languages__c", "Language"),
        },
        frozenset({"id", "accountid", "contactid", "ownerid", "title", "department", "salutation"}),
    ),
    # The columns of a saved search or CSV export of contacts.
    "netsuite": ContactFormat(
        "netsuite",
        {
            "account": ("Company", "Company Name", "Customer"),
            "name": ("Name", "Contact", "Entity ID"),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "address": ("Email", "Alt. Email", "Alternate Email"),
            "phone": (
                "Phone",
                "Office Phone",
                "Main Phone",
                "Mobile Phone",
                "Home Phone",
                "Alt. Phone",
            ),
            "language": ("Language",),
        },
        frozenset({"internalid", "externalid", "subsidiary", "jobtitle", "salutation", "inactive"}),
    ),
}


def plain(column: str) -> str:
    """The form in which names of columns are compared."""
    return "".join(c for c in column.lower() if c not in " ._-/")
