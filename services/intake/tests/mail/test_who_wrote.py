"""Whether a sender is believed (I1): by DMARC as our gateway reports it, and by whose form it was (I2)."""

import pytest

from intake.mail.domain.mail import Mail, parse_mail
from intake.mail.domain.who_wrote import find_doubt, judge, reported

JAN = "jan@acme.example"
EVE = "eve@evil.example"
GATEWAY = "mx.ours.example"


def sent_by(*heads: str) -> Mail:
    return parse_mail("\r\n".join([*heads, "Subject: x", "", "Hello."]).encode())


FORM = "From: Web form <{}>"
REPLY_TO = f"Reply-To: Jan Bakker <{JAN}>"


@pytest.mark.parametrize(
    "form",
    [
        "noreply@acme.example",
        "no-reply@acme.example",
        "no_reply@www.acme.example",
        "do-not-reply@acme.example",
        "DoNotReply@acme.example",
        "noreply+17@acme.example",
        "website-noreply@acme.example",
    ],
)
def test_a_form_of_the_same_organisation_writes_for_the_person(form: str) -> None:
    """I2"""
    mail = sent_by(FORM.format(form), REPLY_TO)
    assert (mail.sender, mail.sender_name, mail.form) == (JAN, "Jan Bakker", form.lower())
    assert find_doubt(mail, gateway=None, is_staff=False) is None


@pytest.mark.parametrize(
    "form", ["noreply@evil.example", "noreply@notacme.example", "noreply@example"]
)
def test_a_form_of_another_organisation_is_not_believed(form: str) -> None:
    mail = sent_by(FORM.format(form), REPLY_TO)
    assert mail.sender == JAN
    assert form in (find_doubt(mail, gateway=None, is_staff=False) or "")


def test_a_form_at_a_provider_whose_domain_strangers_share_is_not_believed() -> None:
    """Anybody may be `noreply.eve` there, and the provider's pass is true."""
    passed = f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=gmail.com"
    mail = sent_by(passed, "From: noreply.eve@gmail.com", "Reply-To: jan@gmail.com")
    assert (mail.sender, mail.form) == ("jan@gmail.com", "noreply.eve@gmail.com")
    assert "anybody" in (find_doubt(mail, gateway=GATEWAY, is_staff=False) or "")


def test_a_reply_to_alone_makes_nobody_another() -> None:
    assert sent_by(f"From: {EVE}", REPLY_TO).sender == EVE
    assert (
        sent_by("From: noreply@acme.example", f"{REPLY_TO}, {EVE}").sender == "noreply@acme.example"
    )
    assert sent_by("From: noreply@acme.example").sender == "noreply@acme.example"


def checked(*results: str, by: str = GATEWAY) -> Mail:
    return sent_by(
        *(f"Authentication-Results: {by}; {result}" for result in results), f"From: {JAN}"
    )


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("dmarc=pass header.from=acme.example", "pass"),
        (
            "spf=pass smtp.mailfrom=acme.example; dmarc=pass (p=reject) header.from=acme.example",
            "pass",
        ),
        ("dmarc=pass header.from=ACME.example", "pass"),
        ("dmarc=pass header.from=evil.example", "none"),
        ("dmarc=pass", "none"),
        ("dkim=pass header.d=acme.example", "none"),
        ("spf=pass smtp.mailfrom=jan@acme.example", "none"),
        ("dmarc=none header.from=acme.example", "none"),
        ("dmarc=fail header.from=acme.example", "fail"),
        ("DMARC = FAIL header.from=acme.example", "fail"),
        ('spf=pass smtp.mailfrom="x;dmarc=pass header.from=acme.example"@evil.example', "none"),
        ("spf=none (; dmarc=pass header.from=acme.example)", "none"),
        (
            "dmarc=none header.from=acme.example; dmarc=pass header.from=acme.example",
            "fail",
        ),
        ("spf=none (a (b); dmarc=pass header.from=acme.example)", "none"),
        ('spf=none (a "b); dmarc=pass header.from=acme.example', "pass"),
        ("spf=none (a \\); dmarc=pass header.from=acme.example)", "none"),
        ("spf=none (a; dmarc=pass header.from=acme.example", "none"),
        ("x-dmarc=pass header.from=acme.example", "none"),
    ],
)
def test_only_dmarc_for_the_domain_in_from_counts(result: str, verdict: str) -> None:
    assert judge(checked(result), GATEWAY) == verdict


def test_only_our_gateways_newest_report_proves_something() -> None:
    good, bad = "dmarc=pass header.from=acme.example", "dmarc=fail header.from=acme.example"
    assert judge(checked(good, by="mx.evil.example"), GATEWAY) == "none"
    assert judge(checked(good), None) == "none"
    assert judge(checked("dmarc=none", good), GATEWAY) == "none"
    assert judge(checked(good, bad), GATEWAY) == "fail"
    assert judge(checked(bad, by="mx.other.example"), None) == "fail"
    assert judge(checked(bad, by="mx.other.example"), GATEWAY) == "none"


def test_staff_need_a_pass_and_others_no_failure() -> None:
    unchecked, good = sent_by(f"From: {JAN}"), checked("dmarc=pass header.from=acme.example")
    failed = checked("dmarc=fail header.from=acme.example")
    assert find_doubt(unchecked, gateway=GATEWAY, is_staff=False) is None
    assert find_doubt(unchecked, gateway=GATEWAY, is_staff=True)
    assert find_doubt(good, gateway=GATEWAY, is_staff=True) is None
    assert find_doubt(good, gateway=None, is_staff=True)
    assert find_doubt(failed, gateway=GATEWAY, is_staff=False)


def test_a_form_makes_nobody_a_member_of_staff() -> None:
    """Whoever fills it in can write anybody's address, and the mail does come from our domain."""
    passed = f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=ours.example"
    mail = sent_by(passed, "From: noreply@ours.example", "Reply-To: anna@ours.example")
    assert "filled in" in (find_doubt(mail, gateway=GATEWAY, is_staff=True) or "")
    assert find_doubt(mail, gateway=GATEWAY, is_staff=False) is None


RESULTS = f"Authentication-Results: {GATEWAY}"


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (
            [f"{RESULTS}; spf=pass smtp.mailfrom=x; dkim=fail (bad key); dmarc=fail"],
            {"spf": "pass", "dkim": "fail", "dmarc": "fail"},
        ),
        (
            [f"{RESULTS}; spf=softfail", f"{RESULTS}; dkim=pass"],
            {"spf": "softfail", "dkim": "pass"},
        ),
        ([f"{RESULTS}; spf=fail", f"{RESULTS}; spf=pass"], {"spf": "fail"}),
        ([f"{RESULTS}; dkim=fail; dkim=pass header.d=a"], {"dkim": "pass"}),
        ([f"{RESULTS}; spf=pass smtp.helo=a; spf=fail smtp.mailfrom=b"], {"spf": "fail"}),
        ([f"{RESULTS}; dmarc=pass; dmarc=pass"], {"dmarc": "fail"}),
        ([f"{RESULTS} 1; dkim/1=pass (spf=fail;)"], {"dkim": "pass"}),
        ([f"{RESULTS}; none"], None),
        (["Authentication-Results: mx.evil.example; spf=pass; dkim=pass; dmarc=pass"], None),
        ([], None),
    ],
)
def test_what_our_gateway_reported_is_known_and_nobody_elses_word(
    heads: list[str], expected: dict[str, str] | None
) -> None:
    mail = sent_by(*heads, f"From: {JAN}")
    assert reported(mail, GATEWAY) == expected
    assert reported(mail, None) is None
