from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.directory.domain import AT_ONCE, FALLBACK_CONTACT, Channel, NotificationRule, Person
from escalation.notifications.domain.notification import (
    Notification,
    next_after_failure,
    plan_notifications,
)
from escalation_support.builders import MINUTE, NIGHT

CASE = UUID(int=7)
MAIL, SMS = Channel("email", "anna@meridian.example"), Channel("sms", "316@sms.example")
ANNA = Person("anna", "Anna", "Europe/Amsterdam", (MAIL, SMS))
GINA = Person("gina", "Gina", "Europe/Berlin", (Channel("email", "gina@meridian.example"),))
KNOWN = {p.sub: p for p in (ANNA, GINA)}


def test_everybody_gets_one_message_at_once_by_default() -> None:
    """E13."""
    assert ANNA.rules == AT_ONCE
    sent = plan_notifications(CASE, "1", "page", ("anna", "gina"), KNOWN, NIGHT)
    assert [(n.person, n.channel.kind, n.send_at) for n in sent] == [
        ("anna", "email", NIGHT),
        ("gina", "email", NIGHT),
    ]


def test_each_personal_rule_gives_one_message_at_step_time_plus_delay() -> None:
    """E13."""
    rules = (
        NotificationRule(),
        NotificationRule(5 * MINUTE, "sms"),
        NotificationRule(10 * MINUTE, "email"),
    )
    sent = plan_notifications(
        CASE, "2", "page", ("anna",), {"anna": replace(ANNA, rules=rules)}, NIGHT
    )
    assert [(n.channel.kind, n.send_at - NIGHT) for n in sent] == [
        ("email", timedelta(0)),
        ("sms", 5 * MINUTE),
        ("email", 10 * MINUTE),
    ]


def test_a_notice_goes_once_and_at_once() -> None:
    """E13 is about steps: an all-clear ten minutes later, again, would wake for nothing."""
    eager = replace(ANNA, rules=(NotificationRule(5 * MINUTE), NotificationRule(10 * MINUTE)))
    sent = plan_notifications(CASE, "2", "all_clear", ("anna",), {"anna": eager}, NIGHT)
    assert [n.send_at for n in sent] == [NIGHT]


def test_a_rule_for_a_channel_that_the_person_lacks_uses_the_default() -> None:
    """E13: better by another channel than not at all."""
    only_sms = replace(GINA, rules=(NotificationRule(channel="sms"),))
    assert (
        plan_notifications(CASE, "1", "page", ("gina",), {"gina": only_sms}, NIGHT)[0].channel.kind
        == "email"
    )


def test_when_nobody_named_can_be_notified_the_fallback_contact_is() -> None:
    """E4 in spirit: no page goes to nobody."""
    on_duty = Person(
        FALLBACK_CONTACT, "On duty", "UTC", (Channel("email", "duty@meridian.example"),)
    )
    known = {**KNOWN, FALLBACK_CONTACT: on_duty, "mute": replace(GINA, sub="mute", channels=())}
    assert [
        n.person for n in plan_notifications(CASE, "1", "page", ("gone", "mute"), known, NIGHT)
    ] == [FALLBACK_CONTACT]
    assert [
        n.person for n in plan_notifications(CASE, "1", "page", ("gone", "anna"), known, NIGHT)
    ] == ["anna"]
    assert plan_notifications(CASE, "1", "page", (), known, NIGHT) == ()


@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["anna", "gina"])), unique=True),
    st.integers(1, 4),
)
def test_the_key_names_one_message_and_is_the_same_when_planned_again(
    occasions: list[tuple[int, str]], rules: int
) -> None:
    """E19: the idempotency key is a pure function of the occasion and the person."""
    known = {p: replace(KNOWN[p], rules=AT_ONCE * rules) for p in KNOWN}
    messages = [
        n
        for f, p in occasions
        for n in plan_notifications(CASE, str(f), "page", (p,), known, NIGHT)
    ]
    assert len({n.key for n in messages}) == len(messages) == len(occasions) * rules
    assert messages == [
        n
        for f, p in occasions
        for n in plan_notifications(CASE, str(f), "page", (p,), known, NIGHT)
    ]


def first() -> Notification:
    return plan_notifications(CASE, "1", "page", ("anna",), KNOWN, NIGHT)[0]


ON_DUTY = Person(FALLBACK_CONTACT, "On duty", "UTC", (Channel("email", "duty@meridian.example"),))


def test_a_rejected_address_is_followed_by_the_next_channel_the_fallback_and_the_fallback_contact() -> (
    None
):
    """E19: permanent errors end it and go on, cheapest first, until nobody is left."""
    fallbacks, people = [GINA, ON_DUTY], {**KNOWN, FALLBACK_CONTACT: ON_DUTY}
    sent = [first()]
    while following := next_after_failure(sent[-1], people[sent[-1].person], fallbacks):
        sent.append(following)
    assert [(n.person, n.channel.kind, n.to_fallback) for n in sent] == [
        ("anna", "email", False),
        ("anna", "sms", False),
        ("gina", "email", True),
        (FALLBACK_CONTACT, "email", True),
    ]
    assert len({n.id for n in sent}) == 4


def test_when_the_fallback_person_is_the_one_paged_the_fallback_contact_follows() -> None:
    """E4, E19."""
    paged = plan_notifications(CASE, "1", "page", ("gina",), KNOWN, NIGHT)[0]
    following = next_after_failure(paged, GINA, [GINA, ON_DUTY])
    assert following is not None
    assert following.person == FALLBACK_CONTACT


def test_the_cheapest_untried_channel_comes_first() -> None:
    """E19: even where the person's default is the expensive one."""
    prefers_sms = replace(ANNA, channels=(SMS, MAIL, Channel("email", "anna@home.example")))
    failed = plan_notifications(CASE, "1", "page", ("anna",), {"anna": prefers_sms}, NIGHT)[0]
    assert failed.channel == SMS
    following = next_after_failure(failed, prefers_sms, [])
    assert following is not None
    assert following.channel == MAIL
