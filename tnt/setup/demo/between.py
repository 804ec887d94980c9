"""What the demonstration decided between its sessions: two written consultations, an interim measure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from tnt.consultations import services as consultations
from tnt.consultations.models import Choice, ConsultedSeat, WrittenConsultation
from tnt.consultations.services import NewAction, Words
from tnt.core import clock
from tnt.core.access import Actor, actor_for
from tnt.core.db import db
from tnt.decisions.rules import ActKind
from tnt.setup.demo.dates import next_working_day
from tnt.setup.demo.people import PEOPLE
from tnt.setup.demo.sessions import CO_CHAIRS
from tnt.setup.demo.stage import Stage

GROUP_HELPED = "catalogue"
CLOSED_TITLE = "Ouvrir le catalogue des solutions éprouvées aux éditeurs associatifs"
CLOSED_QUESTION = (
    "Le groupe projet a terminé l’examen de douze solutions d’éditeurs associatifs. Acceptez-vous qu’elles "
    "entrent au catalogue dès maintenant, sans attendre la séance\u00a0? Le comité avait demandé à être "
    "consulté avant cette ouverture."
)
CLOSED_WORDING = (
    "Le comité de coordination décide que les douze solutions d’éditeurs associatifs examinées par le groupe "
    "projet entrent au catalogue. Le groupe en rend compte à la prochaine séance."
)
OPEN_TITLE = "Reporter au 31 janvier la remise des bilans annuels des groupes projet"
OPEN_QUESTION = (
    "Quatre responsables de groupe projet demandent un mois de plus pour remettre leur bilan annuel, afin "
    "d’y joindre les chiffres du dernier trimestre. Acceptez-vous ce report\u00a0?"
)
OPEN_WORDING = (
    "Le comité de coordination reporte au 31 janvier la remise des bilans annuels des groupes projet."
)
REMARKS = {
    "legoff": "L’ANCT relaiera l’ouverture auprès des délégués territoriaux.",
    "faure": "Accord, sous réserve que les conditions d’hébergement figurent dans chaque fiche.",
    "keita": "Nos communes attendent ces solutions.",
}
STILL_SILENT = frozenset({"benali", "ostrowski", "dasilva"})
MEASURE_TITLE = "Mobiliser l’Incubateur des territoires en renfort des communes sinistrées"
MEASURE_WORDING = (
    "L’Incubateur des territoires est mobilisé sans délai pour rétablir les services en ligne des communes "
    "touchées par les inondations, jusqu’à la prochaine séance du comité."
)
MEASURE_REASON = (
    "Dix-huit communes n’ont plus accès à leurs téléservices depuis les inondations. Attendre la séance les "
    "laisserait plusieurs semaines sans état civil en ligne."
)


def set_between_sessions(stage: Stage) -> None:
    """One consultation in force since last month, one open now, one measure to ratify."""
    today = stage.dates.today
    sent = next_working_day(today - timedelta(34))
    made: list[int] = []
    stage.on(sent, time(10, 0), lambda: made.append(_consult(stage, CLOSED_TITLE, 8)))
    stage.on(sent + timedelta(3), time(18, 0), lambda: _approve(stage, made[0], frozenset()))
    stage.on(sent + timedelta(9), time(9, 0), lambda: _close(stage, made[0]))
    for rank, name in enumerate(CO_CHAIRS["coordination"]):
        stage.on(sent + timedelta(10 + rank), time(11, 0), _visa(stage, made, name))
    stage.on(today - timedelta(2), time(9, 30), lambda: made.append(_consult(stage, OPEN_TITLE, 9)))
    stage.on(today - timedelta(1), time(17, 0), lambda: _approve(stage, made[1], STILL_SILENT))
    stage.on(today - timedelta(3), time(19, 0), lambda: _take(stage))


def _consult(stage: Stage, title: str, days: int) -> int:
    is_open = title == OPEN_TITLE
    secretary = stage.secretary("coordination")
    found = consultations.draft_consultation(
        secretary,
        committee_id=stage.committees["coordination"],
        act_kind=ActKind.OTHER,
        words=Words(
            question=OPEN_QUESTION if is_open else CLOSED_QUESTION,
            due_on=clock.today() + timedelta(days),
            title=title,
            draft_wording=OPEN_WORDING if is_open else CLOSED_WORDING,
        ),
        group_id=None if is_open else stage.groups[GROUP_HELPED],
    )
    consultations.send(secretary, found.id)
    return found.id


def _approve(stage: Stage, consultation_id: int, silent: frozenset[str]) -> None:
    """The members answer, each for themselves; some of an open one not yet."""
    names = {person_id: name for name, person_id in stage.people.items()}
    found = db.session.get_one(WrittenConsultation, consultation_id)
    for seat in list(found.seats):
        name = names[seat.mandate.person_id]
        if seat.is_voting and name not in silent and not (silent and PEOPLE[name].account):
            remark = "" if silent else REMARKS.get(name, "")
            choice = Choice.ABSTAIN if silent and name == "faure" else Choice.APPROVE
            consultations.reply(_holder(seat), consultation_id, seat.id, choice=choice, remark=remark)


def _holder(seat: ConsultedSeat) -> Actor:
    return actor_for(seat.mandate.person_id, seat.mandate.person.full_name)


def _close(stage: Stage, consultation_id: int) -> None:
    consultations.close(stage.secretary("coordination"), consultation_id)


def _visa(stage: Stage, made: list[int], name: str) -> Callable[[], object]:
    return lambda: consultations.give_visa(stage.actor(name), made[0], 1)


def _take(stage: Stage) -> None:
    due: date = clock.today() + timedelta(12)
    consultations.take_measure(
        stage.actor(CO_CHAIRS["coordination"][1]),
        committee_id=stage.committees["coordination"],
        act_kind=ActKind.MOBILISE_ACTOR,
        title=MEASURE_TITLE,
        wording=MEASURE_WORDING,
        reason=MEASURE_REASON,
        action=NewAction(
            "Rétablir les téléservices des dix-huit communes",
            due,
            owner_institution_id=stage.institutions["incubateur-des-territoires-anct"],
        ),
    )
