"""The fixed words of a contract, in the languages in which customers read them. Pure."""

from typing import Final

from sla.agreements.documents.contract_dutch import DUTCH
from sla.agreements.documents.contract_english import ENGLISH
from sla.agreements.documents.contract_german import GERMAN
from sla.rendering.words import Catalogue

CONTRACT: Final = Catalogue({"en": ENGLISH, "nl": DUTCH, "de": GERMAN})
