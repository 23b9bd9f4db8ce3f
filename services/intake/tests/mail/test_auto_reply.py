# ruff: noqa: RUF001 - letters of many languages are what is tested
"""What is held back as a machine's (I2): only on proof."""

import pytest

from intake.mail.domain.auto_reply import automatic_reason
from intake.mail.domain.mail import parse_mail

ANSWERS = "In-Reply-To: <q@ours.example>"


def reason(*heads: str, body: str = "words") -> str | None:
    return automatic_reason(
        parse_mail("\n".join(["From: jan@acme.example", *heads, "", body]).encode())
    )


@pytest.mark.parametrize(
    "heads",
    [
        ["Precedence: list", "List-Id: <a.b>", "List-Unsubscribe: <mailto:x@y.example>"],
        ["Precedence: bulk"],
        ["Precedence: junk"],
        ["X-Auto-Response-Suppress: All"],
        ["X-Auto-Response-Suppress: OOF, AutoReply", ANSWERS],
        ["Subject: Out of office calendar in the portal is broken"],
        ["Subject: Out of office calendar in the portal is broken", ANSWERS],
        ["Subject: Automatic reply of the invoice module fails"],
        ["Subject: Automatic reply of the invoice module fails", ANSWERS],
        ["Subject: Automatic reply: what does it say?"],
        ["Subject: Re: Automatic reply: invoice", ANSWERS],
        ["Subject: Auto: import of orders stopped", ANSWERS],
        ["Subject: Afwezig: hoe zet ik dat in het portaal?"],
        ["Subject: Réponse automatique : facture"],
        ["Return-Path: <>"],
        ["Return-Path: <>", ANSWERS],
        ["Content-Type: multipart/report; boundary=r"],
        ["X-Autoreply: yes"],
        ["Subject: Absence du bureau dans le calendrier, rien ne marche", ANSWERS],
        ["Subject: Abwesenheit wird im Portal falsch angezeigt", ANSWERS],
        ["Subject: Absences are counted twice", ANSWERS],
        ["Subject: Vacation days are wrong in the portal", ANSWERS],
        ["Subject: 自动回复功能坏了", ANSWERS],
        ["Subject: Auto: import says anna is out of range", ANSWERS],
        ["Subject: Absence du bureau"],
        ["X-Autoreply: no", ANSWERS],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: No (a person)"],
        ["Auto-Submitted:"],
        ["List-Unsubscribe: <https://crm.acme.example/u/1>"],
        ["X-Mailer: PHPMailer"],
    ],
)
def test_people_are_heard(heads: list[str]) -> None:
    assert reason(*heads) is None


@pytest.mark.parametrize(
    "sender",
    [
        "postmaster@acme.example",
        "mailer-daemon@acme.example",
        "noreply@acme.example",
        "info@acme.example",
    ],
)
def test_no_address_is_a_machines(sender: str) -> None:
    assert (
        automatic_reason(parse_mail(f"From: {sender}\n\nThe mail server is down.".encode())) is None
    )


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["Auto-Submitted: auto-replied"], "auto-submitted"),
        (["Auto-Submitted: auto-generated; x=y"], "auto-submitted"),
        (["Auto-Submitted: Auto-Notified (rfc5436)"], "auto-submitted"),
        (["Message-ID: <opsdesk.1@ours.example>"], "our own mail came back"),
        (
            [
                "Return-Path: <>",
                "Content-Type: multipart/report; report-type=delivery-status; boundary=r",
            ],
            "delivery report",
        ),
        (["Return-Path: < >", "Content-Type: Multipart/Report; boundary=r"], "delivery report"),
        ([ANSWERS, "Subject: Automatic reply: Invoices"], "absence notice"),
        ([ANSWERS, "Subject: Out of Office: Invoices"], "absence notice"),
        ([ANSWERS, "Subject: Automatische Antwort: Rechnung"], "absence notice"),
        ([ANSWERS, "Subject: Automatisch antwoord: Factuur"], "absence notice"),
        ([ANSWERS, "Subject: =?utf-8?Q?R=C3=A9ponse_automatique_=3A_Facture?="], "absence notice"),
        ([ANSWERS, "Subject: Réponse automatique\xa0: Facture"], "absence notice"),
        ([ANSWERS, "Subject: Respuesta automática: Factura"], "absence notice"),
        (
            ["References: <q@ours.example>", "Subject: Risposta automatica: Fattura"],
            "absence notice",
        ),
        ([ANSWERS, "X-Autoreply: yes"], "absence notice"),
        ([ANSWERS, "Precedence: auto_reply"], "absence notice"),
        (["Subject: Automatic reply: [OPS-1042] Invoices"], "absence notice"),
    ],
)
def test_machines_are_held_back(heads: list[str], expected: str) -> None:
    assert reason(*heads) == expected


@pytest.mark.parametrize(
    "subject",
    [
        "Absence du bureau : Re: [OPS-1042] Facture",
        "Absence du bureau",
        "Message d\u2019absence : Facture",
        "Absent du bureau: Facture",
        "Réponse automatique",
        "Re\u0301ponse automatique : Facture",
        "Out of Office Re: Invoices",
        "Out of the office",
        "Out of Office AutoReply: Invoices",
        "Auto-Reply: Invoices",
        "Autoresponder: Invoices",
        "Vacation reply: Invoices",
        "Automatic reply [OPS-1042] Invoices",
        "AUTO: Jan Bakker is out of the office (returning 04/12/2026)",
        "Abwesenheitsnotiz AW: Rechnung",
        "Abwesend",
        "Afwezigheidsmelding: Factuur",
        "Resposta automática: Fatura",
        "Resposta automàtica: Factura",
        "Răspuns automat: Factură",
        "Automatisk svar: Faktura",
        "Frånvarande: Faktura",
        "Automaatvastus: Arve",
        "Automatinis atsakymas: Sąskaita",
        "Automatická odpověď: Faktura",
        "Automatikus válasz: Számla",
        "Automatski odgovor: Račun",
        "Αυτόματη απάντηση: Τιμολόγιο",
        "Otomatik yanıt: Fatura",
        "Автоматический ответ: Счёт",
        "Автоматична відповідь: Рахунок",
        "Автоматичен отговор: Фактура",
        "תשובה אוטומטית: חשבונית",
        "رد تلقائي: فاتورة",
        "Trả lời tự động: Hoá đơn",
        "自动回复：系统无法登录",
        "自动答复: 系统",
        "自動回覆: 系統",
        "自動返信：障害",
        "不在通知：障害",
        "자동 회신: 장애",
        "부재 중 자동 응답: 장애",
    ],
)
def test_an_absence_is_known_in_many_languages(subject: str) -> None:
    assert reason(ANSWERS, f"Subject: {subject}") == "absence notice"
    assert reason(f"Subject: Re: {subject}", ANSWERS) is None
