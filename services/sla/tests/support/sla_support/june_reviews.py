"""The reviews of a June: agenda, minutes, reasons, actions, and what is written after the publication."""

from opsdesk_testing.protocol import fire_due, freeze_time
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE
from sla_support.june import OF_ACME, OF_BRIGHTWATER, June, done
from sla_support.review_month import DAY, JULY, explain_breaches


async def write_reviews(june: June) -> None:
    """Let everybody write in the reviews of both customers, and publish them."""
    for at in (NINE + 3 * DAY, JULY):
        await freeze_time(june.database, at)
        await fire_due(june.database, TIMERS)
        await explain_breaches(june.database, 3)
    for customer in (OF_ACME, OF_BRIGHTWATER):
        review, path = f"/v1/reviews/{customer}-2026-06", "POST /v1/reviews/{review}"
        for what, name in (("agenda", "title"), ("minutes", "text")):
            word = {name: june.word(f"{path}/{what} {name}", customer)}
            done(await june.dana.post(f"{review}/{what}", json=word))
        june.note("review", f"{customer}-2026-06")
    await _breach_and_action(june)
    for customer in (OF_ACME, OF_BRIGHTWATER):
        done(await june.dana.post(f"/v1/reviews/{customer}-2026-06/publish"))
    await _after_publication(june)


async def _breach_and_action(june: June) -> None:
    review, path = "/v1/reviews/acme-2026-06", "POST /v1/reviews/{review}"
    comment = {"clock_id": june.ids["clock"][1]}
    comment["text"] = june.word(f"{path}/breach-comments text", OF_ACME)
    done(await june.dana.post(f"{review}/breach-comments", json=comment))
    done(await june.theo.post(f"{review}/regenerate"))
    action = {"owner": "anna", "due": "2026-07-20"}
    for name in ("title", "criterion"):
        action[name] = june.word(f"{path}/actions {name}", OF_ACME)
    key = done(await june.dana.post(f"{review}/actions", json=action))["key"]
    june.note("action", key)
    for step, who in (("finish", june.anna), ("send-back", june.dana), ("finish", june.anna)):
        name = "evidence" if step == "finish" else "reason"
        word = june.word(f"POST /v1/review-actions/{{action}}/{step} {name}")
        done(await who.post(f"/v1/review-actions/{key}/{step}", json={name: word}))


async def _after_publication(june: June) -> None:
    review, path = "/v1/reviews/acme-2026-06", "POST /v1/reviews/{review}"
    await freeze_time(june.database, JULY + HOUR)
    done(await june.theo.post(f"{review}/regenerate"))
    reason = {"reason": june.word(f"{path}/publish reason")}
    done(await june.dana.post(f"{review}/publish", json=reason))
    await freeze_time(june.database, JULY + 2 * HOUR)
    for what, name in (("agenda", "title"), ("minutes", "text")):
        later = {name: june.word(f"{path}/{what} {name}, after the publication")}
        done(await june.dana.post(f"{review}/{what}", json=later))
