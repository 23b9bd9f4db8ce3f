"""What a form says becomes the body that the service takes, or what is wrong with it."""

from zoneinfo import ZoneInfo

from console.forms.fields import Field
from console.forms.reading import NEEDED, NO_NUMBER, asked_which, read_fields
from console.tickets.act_reading import read_act
from console.tickets.acts import ACT_FORMS, act_form
from console.tickets.side_forms import SIDE_FORMS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FIELDS = (
    Field("reason", needed=True),
    Field("minutes", "number"),
    Field("until", "instant"),
    Field("fixed", "tick"),
    Field("tags", "words"),
    Field("messages", "several", source="messages"),
)


def test_empty_fields_are_left_out_and_needed_ones_are_named() -> None:
    found = read_fields(FIELDS, {"reason": "  "}, AMSTERDAM)
    assert found.body == {"fixed": False, "tags": [], "messages": []}
    assert [(one.field, one.detail) for one in found.wrong] == [("reason", NEEDED)]


def test_each_kind_becomes_what_the_service_takes() -> None:
    values = {
        "reason": " because ",
        "minutes": "15",
        "until": "2026-07-01T09:00",
        "fixed": "on",
        "tags": "vip, night vip",
        "messages.0190a": "on",
    }
    assert read_fields(FIELDS, values, AMSTERDAM).body == {
        "reason": "because",
        "minutes": 15,
        "until": "2026-07-01T07:00:00+00:00",
        "fixed": True,
        "tags": ["vip", "night"],
        "messages": ["0190a"],
    }


def test_what_cannot_be_read_is_said_of_its_field() -> None:
    values = {"reason": "x", "minutes": "-3", "until": "2026-10-25T02:30"}
    found = read_fields(FIELDS, values, AMSTERDAM)
    assert [one.field for one in found.wrong] == ["minutes", "until"]
    assert found.wrong[0].detail == NO_NUMBER
    assert asked_which(found.wrong) == {"until.twice": "on"}
    again = read_fields(FIELDS, values | {"minutes": "3", "until.hour": "second"}, AMSTERDAM)
    assert again.body["until"] == "2026-10-25T01:30:00+00:00"


def test_a_half_hand_over_says_what_is_missing() -> None:
    forward = act_form("forward")
    assert forward is not None
    found = read_act(
        forward, {"to": "second_level", "seen_so_far": "No invoice leaves."}, "anna", AMSTERDAM
    )
    assert [one.field for one in found.wrong] == ["tried", "excluded", "asked", "due_at"]


def test_the_answers_of_a_second_person_say_which() -> None:
    for name, agrees in (("confirm_priority", True), ("decline_priority", False)):
        act = act_form(name)
        assert act is not None
        assert read_act(act, {}, "omar", AMSTERDAM).body == {"agree": agrees}
        assert act.address("OPS-7") == "/v1/tickets/OPS-7/priority/confirm"


def test_no_field_has_the_name_of_one_that_every_form_has() -> None:
    hidden = {"form", "nonce", "seen", "saw", "id", "act", "filled_in", "back", "files"}
    fields = [field for act in ACT_FORMS for field in act.fields]
    fields += [field for one in SIDE_FORMS for field in one.fields]
    assert {field.input_name for field in fields} & hidden == set()


def test_no_letter_leads_to_two_acts() -> None:
    letters = [one.letter for one in ACT_FORMS if one.letter]
    assert len(letters) == len(set(letters))
    assert not set(letters) & set("jkoxcrnuhl?[]/")
