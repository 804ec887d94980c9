"""Errata: a slip of the pen in an act in force, put right with the same visas, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.closing.scene import Scene, hold, plan, put_motion, set_scene, settle
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.closing import queries, services
from tnt.closing.mails import is_erratum_visa_still_awaited
from tnt.closing.models import Erratum
from tnt.closing.rules import (
    CorrectionNeedsWords,
    ErratumAlreadyAsked,
    ErratumNeedsReason,
    ErratumTooShort,
    NotAwaited,
    NotCorrectable,
    NothingCorrected,
    RecordChanged,
    RecordState,
    check_erratum,
    erratum_wording,
)
from tnt.core.db import db
from tnt.core.errors import Forbidden, NotFound
from tnt.core.outbox import OutboxMessage
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature
from tnt.projects.models import StatusEvent
from tnt.projects.rules import Motion
from tnt.sittings.rules import OutcomeKind

REASON = "Le nom du groupe était mal écrit."
CORRECTED = "Le comité de coordination crée le groupe projet « Urbanisme et habitat »."


@pytest.mark.parametrize(
    ("corrected", "reason", "refusal"),
    [
        ("  ", REASON, ErratumTooShort),
        ("é" * 10_001, REASON, ErratumTooShort),
        ("Le texte. ", REASON, NothingCorrected),
        ("Le texte corrigé.", "bref", ErratumNeedsReason),
        ("Le texte corrigé.", "é" * 501, ErratumNeedsReason),
    ],
)
def test_what_is_no_erratum(corrected: str, reason: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_erratum("Le texte.", corrected, reason)


def test_an_erratum_says_both_texts() -> None:
    said = erratum_wording("Le comité décidé.", "Le comité décide.").replace("\u00a0", " ")
    assert said == "Au lieu de :\n« Le comité décidé. »\nlire :\n« Le comité décide. »"


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A session whose record is in force: the group is created."""
    found = set_scene()
    meeting_id = plan(found)
    put_motion(found, meeting_id, Motion.CREATE)
    hold(found, meeting_id)
    settle(found, meeting_id, OutcomeKind.ADOPTED)
    services.adjourn(found.actor(found.secretary), meeting_id)
    for chair in (found.chair, found.second_chair):
        services.give_visa(found.actor(chair), meeting_id, 1)
    return found


def act_of(scene: Scene) -> Act:
    return db.session.scalars(db.select(Act).where(Act.nature == Nature.DECISION)).one()


def ask(scene: Scene, corrected: str = CORRECTED) -> Erratum:
    return services.file_erratum(
        scene.actor(scene.secretary), act_of(scene).id, corrected=corrected, reason=REASON
    )


def test_at_the_last_visa_it_is_in_force_and_nothing_else_changes(scene: Scene) -> None:
    act = act_of(scene)
    words, statuses = act.wording, db.session.query(StatusEvent).count()
    erratum = ask(scene)
    assert (erratum.act.number, erratum.act.state) == (f"{act.number}-R1", ActState.IN_VISA)
    services.give_erratum_visa(scene.actor(scene.chair), erratum.id, 1)
    assert erratum.state is RecordState.IN_VISA
    services.give_erratum_visa(scene.actor(scene.second_chair), erratum.id, 1)
    assert (erratum.state, erratum.act.state) == (RecordState.IN_FORCE, ActState.IN_FORCE)
    assert (act.wording, act.state) == (words, ActState.IN_FORCE)
    assert db.session.query(StatusEvent).count() == statuses
    assert {one.id for one in queries.errata_in_force(act.meeting_id or 0)[act.id]} == {erratum.id}
    with pytest.raises(NotAwaited):
        services.give_erratum_visa(scene.actor(scene.chair), erratum.id, 1)
    # another slip may be put right later, under the next number, from the words as they now read
    with pytest.raises(NothingCorrected):
        ask(scene, CORRECTED)
    second = ask(scene, "Le comité crée le groupe.")
    assert second.act.number == f"{act.number}-R2"
    assert CORRECTED in second.act.wording
    assert words not in second.act.wording


def test_sent_back_corrected_and_submitted_again(scene: Scene) -> None:
    erratum = ask(scene)
    chair, secretary = scene.actor(scene.chair), scene.actor(scene.secretary)
    with pytest.raises(CorrectionNeedsWords):
        services.ask_erratum_correction(chair, erratum.id, 1, " ")
    services.ask_erratum_correction(chair, erratum.id, 1, "Écrivez « Urbanisme » seul.")
    with pytest.raises(NotAwaited):
        services.give_erratum_visa(scene.actor(scene.second_chair), erratum.id, 1)
    with pytest.raises(ErratumAlreadyAsked):
        ask(scene)
    again = "Le comité de coordination crée le groupe projet « Urbanisme »."
    with pytest.raises(RecordChanged):
        services.resubmit_erratum(secretary, erratum.id, corrected=again, reason=REASON, expected_version=7)
    services.resubmit_erratum(secretary, erratum.id, corrected=again, reason=REASON, expected_version=1)
    assert erratum.version == 2
    assert again in erratum.act.wording
    with pytest.raises(RecordChanged):
        services.give_erratum_visa(chair, erratum.id, 1)
    assert len(queries.erratum_visas(erratum)) == 2


def test_given_up_its_number_stays_and_the_next_one_follows(scene: Scene) -> None:
    erratum = ask(scene)
    secretary = scene.actor(scene.secretary)
    with pytest.raises(NotAwaited):
        services.give_up_erratum(secretary, erratum.id, 1)
    services.ask_erratum_correction(scene.actor(scene.chair), erratum.id, 1, "Inutile.")
    services.give_up_erratum(secretary, erratum.id, 1)
    assert erratum.act.state is ActState.CANCELLED
    assert (ask(scene).act.number or "").endswith("-R2")


def test_who_may_ask_and_for_what(scene: Scene) -> None:
    act = act_of(scene)
    with pytest.raises(Forbidden):
        services.file_erratum(scene.actor(scene.member), act.id, corrected=CORRECTED, reason=REASON)
    with pytest.raises(NotFound):
        services.file_erratum(
            scene.actor(scene.political_secretary), act.id, corrected=CORRECTED, reason=REASON
        )
    erratum = ask(scene)
    with pytest.raises(NotCorrectable):  # an erratum to an erratum
        services.file_erratum(
            scene.actor(scene.secretary), erratum.act_id, corrected=CORRECTED, reason=REASON
        )
    with pytest.raises(NotAwaited):
        services.give_erratum_visa(scene.actor(scene.member), erratum.id, 1)


def test_a_mail_asks_each_co_chair_while_it_is_awaited(scene: Scene) -> None:
    erratum = ask(scene)
    asked = db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.kind == "erratum_awaited")).all()
    assert {mail.person_id for mail in asked} == {scene.chair, scene.second_chair}
    assert is_erratum_visa_still_awaited(erratum.id, 1, scene.chair)
    services.give_erratum_visa(scene.actor(scene.chair), erratum.id, 1)
    assert not is_erratum_visa_still_awaited(erratum.id, 1, scene.chair)


def test_from_the_page_of_the_act_to_the_page_of_the_record(scene: Scene, app: Flask) -> None:
    act = act_of(scene)
    secretary = signed_in_client(app, db.session.get_one(Person, scene.secretary))
    assert f"/decisions/{act.id}/erratum" in secretary.get(f"/decisions/{act.id}").text
    address = f"/decisions/{act.id}/erratum"
    refused = secretary.post(address, data={"corrected": act.wording, "reason": REASON})
    assert refused.status_code == 422
    assert "Le texte corrigé est le même que celui de l’acte." in refused.text
    assert REASON in refused.text
    saved = secretary.post(address, data={"corrected": CORRECTED, "reason": REASON})
    assert saved.status_code == 303
    assert "attend ses visas" in secretary.get(f"/decisions/{act.id}").text
    for person in (scene.chair, scene.second_chair):
        client = signed_in_client(app, db.session.get_one(Person, person))
        assert "Viser l’erratum" in client.get("/").text
        assert "Votre visa est attendu" in client.get(saved.location).text
        given = client.post(f"{saved.location}/viser", data={"version": "1"})
        assert given.status_code == 303
    page = secretary.get(f"/decisions/{act.id}").text
    assert "Rectifié par" in page
    assert "Urbanisme et habitat" in page
    assert "Urbanisme et habitat" in secretary.get(f"/seances/{act.meeting_id}/releve").text
    stranger = signed_in_client(app, db.session.get_one(Person, scene.political_chair))
    assert stranger.get(saved.location).status_code == 200  # in force: for every signed-in person
