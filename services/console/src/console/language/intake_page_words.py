"""English words for the pages of mails, accesses, articles, contacts, links to other systems, and what two people set."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

HELD_AS: Final[dict[str, str]] = {
    "our own mail came back": "a mail of ours that came back",
    "auto-submitted": "written by a program, as it says itself",
    "delivery report": "a report that a mail was delivered or not",
    "absence notice": "an absence notice",
}
"""Why a mail is held back, as intake stores it."""
_MAILS: Final[Mapping[str, Words]] = {
    "mail_outcome": {
        "ignored": "Held back",
        "unreadable": "Unreadable",
        "received": "Not read yet",
        "opened": "Became a ticket",
        "joined": "Went to a ticket",
    },
    "mail_outcome_hint": {
        "ignored": "A program seems to have written these, so they became no tickets. Look whether a person wrote one after all.",
        "unreadable": "Each of these became a ticket with its beginning. Read the mail as it came, and write to the sender where something is missing.",
        "received": "These are read within seconds. Where one stays here, tell who runs this system.",
        "opened": "Each of these opened a ticket.",
        "joined": "Each of these went to a ticket that was there.",
    },
    "mail_none": {
        "ignored": "No mail is held back.",
        "unreadable": "Every mail could be read.",
        "received": "Every mail that came has been read.",
        "opened": "No mail has opened a ticket yet.",
        "joined": "No mail has gone to a ticket yet.",
    },
    "mail_act": {
        "open-ticket": "Open a ticket for it",
        "open-and-merge": "It belongs to a ticket that is there",
        "set-aside": "Set it aside",
    },
    "mail_act_hint": {
        "open-ticket": "A person wrote it after all.",
        "open-and-merge": "A ticket is opened for it, and you merge that into the other one.",
        "set-aside": "Nobody has to act on it. It stays stored, and a ticket can still be opened for it.",
    },
    "mail_done": {"set-aside": "It is set aside: it waits for nobody any more."},
}
_ACCESSES: Final[Mapping[str, Words]] = {
    "access_view": {
        "approval": "To decide",
        "verification": "To verify",
        "removal": "To take away",
        "recertification": "Still needed?",
        "everything": "All",
    },
    "access_none": {
        "approval": "No access waits for a decision.",
        "verification": "No access waits to be verified.",
        "removal": "No access waits to be taken away.",
        "recertification": "Of every access somebody has said lately that it is still needed.",
        "everything": "Nobody has asked for an access yet.",
    },
    "access_state": {
        "requested": "to decide",
        "approved": "approved, to be given",
        "declined": "declined",
        "granted": "given, to be verified",
        "active": "given and verified",
        "removal_owed": "to be taken away",
        "removed": "taken away, to be verified",
        "ended": "gone",
    },
    "owed_removal": {
        "left": "It is to be taken away: who has it has left.",
        "expired": "It is to be taken away: its last day is over.",
        "asked": "It is to be taken away: somebody asked for that.",
    },
    "access_act": {
        "approve": "Approve it",
        "decline": "Decline it",
        "grant": "Say that it is given",
        "verify-grant": "Verify that it is what was approved, and no more",
        "recertify": "Say that it is still needed",
        "remove": "Say that it is taken away",
        "verify-removal": "Verify that it is gone",
        "ask-removal": "Have it taken away",
    },
    "access_step": {
        "asked": "asked for it",
        "decided": "decided it",
        "given": "gave it",
        "given_verified": "verified that it is what was approved",
        "recertified": "said that it is still needed",
        "removal_asked": "asked to take it away",
        "removed": "took it away",
        "removed_verified": "verified that it is gone",
    },
    "access_done": {
        "create": "It is asked for. Somebody else decides it.",
        "approve": "It is approved. Now somebody gives it.",
        "decline": "It is declined.",
        "grant": "It is noted as given. Another person verifies that.",
        "verify-grant": "It is verified.",
        "recertify": "It is noted that it is still needed.",
        "remove": "It is noted as taken away. Another person verifies that.",
        "verify-removal": "It is verified that it is gone.",
        "ask-removal": "It waits to be taken away.",
    },
}
_ARTICLES: Final[Mapping[str, Words]] = {
    "article_audience": {"internal": "for us alone", "customer": "for customers"},
    "article_state": {
        "published": "Published",
        "draft": "Draft",
        "retired": "Retired",
        "everything": "All",
    },
    "article_act": {
        "publish": "Publish the newest version",
        "review": "Say that it is still right",
        "helped": "It helped",
        "did-not-help": "It did not help",
        "write": "Write the next version",
        "retire": "Retire it",
    },
    "article_none": {
        "published": "No article is published yet.",
        "draft": "No draft waits to be published.",
        "retired": "No article is retired.",
        "everything": "There is no article yet.",
    },
    "article_done": {
        "create": "The draft is kept. Another person publishes it.",
        "publish": "It is published.",
        "review": "It is noted that it is still right.",
        "helped": "Thank you: it is noted that it helped.",
        "did-not-help": "Thank you: its owner reads what you wrote.",
        "write": "The version is kept. Another person publishes it.",
        "retire": "It is retired: customers see it no more.",
    },
}
_CONTACTS: Final[Mapping[str, Words]] = {
    "contact_act": {
        "confirm": "Confirm who this is",
        "end": "They have left",
        "ask-erasure": "Have them erased",
    },
    "contact_act_hint": {
        "confirm": "You say that they are somebody else than who registered them.",
        "end": "Their mails go to nobody's ticket from now on, until somebody says whose they are.",
        "ask-erasure": "They asked for it. Nothing is erased before another person confirms it.",
    },
    "contact_done": {
        "confirm": "They are confirmed.",
        "end": "It is noted that they have left.",
        "ask-erasure": "It is asked for. Another person confirms it.",
        "erase": "They are erased, in all services within seconds.",
    },
}
_SETTINGS: Final[Mapping[str, Words]] = {
    "person_act": {"confirm": "Confirm it", "end": "Say that they leave us"},
    "person_done": {
        "confirm": "It is confirmed.",
        "end": "It is asked for. Another person confirms it.",
    },
    "matrix_act": {"confirm": "Confirm the lower priorities", "decline": "Leave it as it is"},
    "matrix_done": {
        "confirm": "The lower priorities hold from now on.",
        "decline": "It stays as it is.",
    },
    "outage_rules_done": {"confirm": "The new rules hold from now on."},
    "rule_source": {"monitoring": "an alert of the monitoring", "ticket": "a ticket"},
    "rule_condition": {
        "levels": "how bad",
        "tiers": "kind of environment",
        "environments": "environments",
        "services": "services",
        "monitors": "monitors",
        "name_prefix": "name begins with",
    },
}
_LINKS: Final[Mapping[str, Words]] = {
    "link_state": {
        "creating": "is being made there",
        "linked": "linked",
        "failed": "refused there",
        "ended": "ended",
    },
    "whose_value": {"ours": "ours", "theirs": "theirs"},
}
INTAKE_PAGE_WORDS: Final[Mapping[str, Words]] = {
    **_MAILS,
    **_ACCESSES,
    **_ARTICLES,
    **_CONTACTS,
    **_SETTINGS,
    **_LINKS,
}
"""The words of each kind of code."""
