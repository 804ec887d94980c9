"""The list of meetings, planning and calling off, as a browser meets them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.meetings.factories import IN_THREE_WEEKS, make_committee, make_member, plan
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.committees.models import Committee, Seat
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.meetings import services
from tnt.meetings.models import Meeting, MissedPeriod
from tnt.meetings.rules import MeetingState

SLOT = {
    "suggestion": "",
    "held_on": "2026-12-15",
    "starts": "14:30",
    "ends": "17:00",
    "place": "Ségur",
    "video_url": "",
    "notice_days": "14",
    "kind": "ordinary",
}


def found() -> list[Meeting]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Meeting).order_by(Meeting.id)))


def secretary(committee: Committee) -> Person:
    return make_member(committee, "Secret", Seat.SECRETARY)


def test_the_list_says_what_to_do_when_it_is_empty(app: Flask) -> None:
    committee = make_committee()
    page = signed_in_client(app, secretary(committee)).get("/seances")
    assert page.status_code == 200
    assert "Aucune séance n’est prévue." in page.text
    assert "/seances/planifier" in page.text
    page = signed_in_client(app, make_member(committee, "Membre")).get("/seances")
    assert "/seances/planifier" not in page.text


def test_only_the_meetings_of_my_committees_are_listed(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    mine, theirs = plan(SYSTEM, committee), plan(SYSTEM, other)
    gone = plan(SYSTEM, committee, datetime(2027, 1, 15, 9, tzinfo=UTC))
    services.cancel(SYSTEM, gone.id, reason="Salle indisponible")
    client = signed_in_client(app, make_member(committee, "Membre"))
    page = client.get("/seances")
    assert f'href="/seances/{mine.id}"' in page.text
    assert f'href="/seances/{gone.id}"' in page.text
    assert f'href="/seances/{theirs.id}"' not in page.text
    assert f'href="/seances/{gone.id}"' not in client.get("/seances?annee=2026").text
    assert f'href="/seances/{gone.id}"' in client.get("/seances?annee=2027&comite=nimporte").text


def test_planning_with_a_suggested_day_or_another_one(app: Flask) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    page = client.get("/seances/planifier")
    assert page.status_code == 200
    assert 'name="suggestion"' in page.text
    assert client.post("/seances/planifier", data=SLOT).status_code == 303
    first_suggested = page.text.partition('name="suggestion" type="radio" value="')[2][:10]
    chosen = SLOT | {"suggestion": first_suggested, "held_on": "", "starts": "08:00", "ends": "09:00"}
    assert client.post("/seances/planifier", data=chosen).status_code == 303
    first, second = found()
    assert first.starts_at == IN_THREE_WEEKS
    assert second.starts_at.date().isoformat() == first_suggested


def test_a_day_ticked_and_another_one_typed_are_not_taken_one_for_the_other(app: Flask) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    page = client.get("/seances/planifier")
    suggested = page.text.partition('name="suggestion" type="radio" value="')[2][:10]
    both = SLOT | {"suggestion": suggested, "held_on": "2027-02-15"}
    refused = client.post("/seances/planifier", data=both)
    assert refused.status_code == 422
    assert "Un autre jour est coché" in refused.text
    assert 'value="2027-02-15"' in refused.text
    assert found() == []
    assert client.post("/seances/planifier", data=both | {"held_on": suggested}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"held_on": "2026-11-20"}, "Cette date est passée"),
        ({"held_on": ""}, "Choisissez un des jours proposés"),
        ({"ends": "14:00"}, "La fin doit venir après le début"),
        (
            {"held_on": "2027-03-28", "kept_day": "2027-03-28", "starts": "02:30", "ends": "04:00"},
            "Cette heure n’existe pas",
        ),
        ({"video_url": "http://visio.example"}, "doit commencer par https://"),
        ({"notice_days": "400"}, "Le délai de convocation va de 0 à 120 jours"),
    ],
)
def test_a_refused_slot_is_shown_again_with_everything_typed(
    app: Flask, wrong: dict[str, str], sentence: str
) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    page = client.post("/seances/planifier", data=SLOT | {"place": "Une salle à part"} | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert "Une salle à part" in page.text
    assert found() == []


def test_a_form_sent_twice_plans_once(app: Flask) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    assert client.post("/seances/planifier", data=SLOT).status_code == 303
    again = client.post("/seances/planifier", data=SLOT)
    assert again.status_code == 422
    assert "a déjà une séance à ce moment-là" in again.text
    assert len(found()) == 1


def test_members_and_others_plan_nothing(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    member = signed_in_client(app, make_member(committee, "Membre"))
    stranger = signed_in_client(app, secretary(other))
    meeting = plan(SYSTEM, committee)
    for url in ("planifier", "passee", "periode-manquee"):
        assert member.get(f"/seances/{url}").status_code == 404
        assert member.post(f"/seances/{url}", data=SLOT).status_code == 404
        assert stranger.post(f"/seances/{url}?committee=coordination", data=SLOT).status_code == 404
    for url in ("deplacer", "reporter", "annuler"):
        for client in (member, stranger):
            data = SLOT | {"version": "1", "reason": "Salle indisponible"}
            assert client.get(f"/seances/{meeting.id}/{url}").status_code == 404
            assert client.post(f"/seances/{meeting.id}/{url}", data=data).status_code == 404
    (only,) = found()
    assert (only.state, only.starts_at) == (MeetingState.PLANNED, IN_THREE_WEEKS)


@pytest.mark.parametrize("url", ["/seances/planifier", "/seances/1/deplacer"])
@pytest.mark.parametrize(
    ("day", "words"), [("2027-01-17", "n’est pas un jour ouvré"), ("2027-01-01", "férié")]
)
def test_a_day_on_which_nobody_works_is_confirmed_first(app: Flask, url: str, day: str, words: str) -> None:
    committee = make_committee()
    client, planned = signed_in_client(app, secretary(committee)), plan(SYSTEM, committee)
    typed = SLOT | {"held_on": day, "version": str(planned.version), "kept_day": ""}
    page = client.post(url, data=typed)
    assert page.status_code == 422
    assert words in page.text.replace("\u00a0", " ")
    assert f'name="kept_day" type="hidden" value="{day}"' in page.text
    assert [meeting.starts_at for meeting in found()] == [IN_THREE_WEEKS]
    assert client.post(url, data=typed | {"kept_day": "2027-01-31"}).status_code == 422  # for another day
    assert client.post(url, data=typed | {"kept_day": day}).status_code == 303
    assert day in [meeting.starts_at.date().isoformat() for meeting in found()]


def test_the_day_that_a_session_has_is_not_confirmed_again(app: Flask) -> None:
    committee = make_committee()
    sunday = datetime(2027, 1, 17, 13, 30, tzinfo=UTC)
    meeting = plan(SYSTEM, committee, sunday)
    typed = SLOT | {"held_on": "2027-01-17", "place": "Bercy", "version": "1"}
    client = signed_in_client(app, secretary(committee))
    assert client.post(f"/seances/{meeting.id}/deplacer", data=typed).status_code == 303


def test_a_stale_move_shows_both_and_may_be_sent_again(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, secretary(committee))
    url = f"/seances/{meeting.id}/deplacer"
    assert client.get(url).status_code == 200
    services.move_meeting(
        SYSTEM, meeting.id, starts_at=meeting.starts_at, ends_at=meeting.ends_at, place="La salle enregistrée"
    )
    typed = SLOT | {"place": "Ma salle", "version": "1"}
    page = client.post(url, data=typed)
    assert page.status_code == 422
    assert "La salle enregistrée" in page.text
    assert "Ma salle" in page.text
    assert client.post(url, data=typed | {"version": "2"}).status_code == 303
    assert found()[0].place == "Ma salle"
    version = found()[0].version
    unchanged = client.post(url, data=typed | {"version": str(version)}, follow_redirects=True)
    assert "Rien n’a été changé." in unchanged.text
    assert found()[0].version == version


def test_cancelling_says_the_consequence_and_a_second_click_is_harmless(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, secretary(committee))
    url = f"/seances/{meeting.id}/annuler"
    page = client.get(url)
    assert "Les membres liront ce motif." in page.text
    assert "Aucun message n’est envoyé" in page.text
    assert client.post(url, data={"version": "1", "reason": "non"}).status_code == 422
    for _click in range(2):
        data = {"version": "1", "reason": "Salle indisponible"}
        assert client.post(url, data=data).status_code == 303
    assert found()[0].state is MeetingState.CANCELLED


def test_a_postponed_session_is_dated_anew(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, secretary(committee))
    data = {"version": "1", "reason": "Salle indisponible"}
    assert client.post(f"/seances/{meeting.id}/reporter", data=data).status_code == 303
    assert "date à venir" in client.get("/seances").text.lower()
    assert "Fixer la nouvelle date" in client.get(f"/seances/{meeting.id}").text
    page = client.get(f"/seances/{meeting.id}/deplacer")
    assert 'value="2"' in page.text
    new = SLOT | {"held_on": "2026-12-17", "version": "2"}
    assert client.post(f"/seances/{meeting.id}/deplacer", data=new).status_code == 303
    assert (found()[0].state, found()[0].undated) == (MeetingState.PLANNED, False)


def test_a_period_without_a_session_is_explained(app: Flask) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    page = client.get("/seances")
    assert "aucune séance au T3 2026" in page.text
    data = {"period": "2026-T3", "reason": "Élections"}
    assert client.post("/seances/periode-manquee", data=data).status_code == 303
    assert client.post("/seances/periode-manquee", data=data).status_code == 422
    assert [one.period for one in db.session.scalars(db.select(MissedPeriod))] == ["2026-T3"]


def test_a_past_session_is_entered(app: Flask) -> None:
    client = signed_in_client(app, secretary(make_committee()))
    data = SLOT | {"held_on": "2026-06-04", "own_reference": "CR 2026-02"}
    assert client.get("/seances/passee").status_code == 200
    assert client.post("/seances/passee", data=data | {"held_on": "2026-12-04"}).status_code == 422
    assert client.post("/seances/passee", data=data).status_code == 303
    (meeting,) = found()
    assert meeting.recorded_afterwards
    page = client.get(f"/seances/{meeting.id}")
    assert "CR 2026-02" in page.text
    assert "Convoquer" not in page.text
