"""The words of the pages behind links that acknowledge, in the languages of our people."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

ENGLISH: Final[Words] = {
    "instant": "%d %b %Y %H:%M %Z",
    "reader": "For {name} alone.",
    "since": "Since",
    "breaks": "Breaks",
    "severity": "Severity",
    "customer": "Customer",
    "environment": "Environment",
    "ticket": "Ticket",
    "take": "Take it",
    "take_hint": "Nobody else is woken then. It comes back if it is not resolved in time.",
    "done": "You have taken it. Nobody else is woken.",
    "acknowledged": "Already acknowledged by {who} at {at}.",
    "used": "You took it by this link at {at}, and it is open again. Use the link in the newest message.",
    "over": "This is over. There is nothing to do.",
    "expired": "This link held until {until}.",
    "refused": "You cannot acknowledge any more, so this link does nothing. Somebody else was told, too.",
    "unknown": "This link is not complete, or not one of ours. Mail programs cut long lines: copy the whole"
    " address from the message.",
    "busy": "This page was asked for too often. Wait for a minute.",
    "trouble": "We cannot tell whether it was done. Open the link again: it says so.",
    "instead": "Take it in OpsDesk, or say at a terminal:",
    "console": "To {key} in OpsDesk",
}
DUTCH: Final[Words] = {
    "instant": "%d-%m-%Y %H:%M %Z",
    "reader": "Alleen voor {name}.",
    "since": "Sinds",
    "breaks": "Afspraak tot",
    "severity": "Ernst",
    "customer": "Klant",
    "environment": "Omgeving",
    "ticket": "Ticket",
    "take": "Ik pak het op",
    "take_hint": "Daarna wordt niemand anders meer gewekt. Het komt terug als het niet op tijd is opgelost.",
    "done": "U hebt het opgepakt. Niemand anders wordt gewekt.",
    "acknowledged": "Al opgepakt door {who} om {at}.",
    "used": "U hebt het met deze link opgepakt om {at} en het is weer open. Gebruik de link in het nieuwste"
    " bericht.",
    "over": "Dit is voorbij. Er is niets meer te doen.",
    "expired": "Deze link was geldig tot {until}.",
    "refused": "U kunt niets meer oppakken, dus deze link doet niets. Ook iemand anders is ingelicht.",
    "unknown": "Deze link is niet volledig of niet van ons. Mailprogramma's breken lange regels af: kopieer het"
    " hele adres uit het bericht.",
    "busy": "Deze pagina is te vaak opgevraagd. Wacht een minuut.",
    "trouble": "We weten niet of het is gelukt. Open de link opnieuw: daar staat het.",
    "instead": "Pak het op in OpsDesk, of typ in een terminal:",
    "console": "Naar {key} in OpsDesk",
}
GERMAN: Final[Words] = {
    "instant": "%d.%m.%Y %H:%M %Z",
    "reader": "Nur für {name}.",
    "since": "Seit",
    "breaks": "Zugesagt bis",
    "severity": "Schwere",
    "customer": "Kunde",
    "environment": "Umgebung",
    "ticket": "Ticket",
    "take": "Ich übernehme es",
    "take_hint": "Danach wird niemand sonst geweckt. Es kommt wieder, wenn es nicht rechtzeitig gelöst ist.",
    "done": "Sie haben es übernommen. Niemand sonst wird geweckt.",
    "acknowledged": "Schon übernommen von {who} um {at}.",
    "used": "Sie haben es mit diesem Link um {at} übernommen, und es ist wieder offen. Verwenden Sie den Link in"
    " der neuesten Nachricht.",
    "over": "Das ist vorbei. Es ist nichts zu tun.",
    "expired": "Dieser Link galt bis {until}.",
    "refused": "Sie können nichts mehr übernehmen, deshalb bewirkt dieser Link nichts. Auch jemand anders wurde"
    " benachrichtigt.",
    "unknown": "Dieser Link ist nicht vollständig oder nicht von uns. Mailprogramme trennen lange Zeilen:"
    " kopieren Sie die ganze Adresse aus der Nachricht.",
    "busy": "Diese Seite wurde zu oft aufgerufen. Warten Sie eine Minute.",
    "trouble": "Wir wissen nicht, ob es geklappt hat. Öffnen Sie den Link noch einmal: Dort steht es.",
    "instead": "Übernehmen Sie es in OpsDesk, oder geben Sie in einem Terminal ein:",
    "console": "Zu {key} in OpsDesk",
}
WORDS: Final[Mapping[str, Words]] = {"en": ENGLISH, "nl": DUTCH, "de": GERMAN}
