"""The journal as administrators read it, and the secretariat for its own committees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import N_
from tnt.core.journal import JournalEntry
from tnt.home.journal_fields import PRIVATE

PER_PAGE = 50

# what each kind of thing is called
KIND_WORDS = {
    "account": N_("compte"),
    "act": N_("acte"),
    "action": N_("action"),
    "agenda_countersign": N_("contreseing de l’ordre du jour"),
    "agenda_item": N_("point de l’ordre du jour"),
    "agenda_section": N_("rubrique"),
    "attendance": N_("présence"),
    "committee": N_("comité"),
    "committee_remit": N_("mission d’un comité"),
    "consultation_paper": N_("pièce d’une consultation"),
    "consultation_visa": N_("visa d’une consultation"),
    "consulted_seat": N_("réponse à une consultation"),
    "correspondent": N_("correspondant"),
    "decision_record": N_("relevé de décisions"),
    "decision_request": N_("demande de décision"),
    "erratum": N_("erratum"),
    "erratum_visa": N_("visa d’un erratum"),
    "fund": N_("fonds"),
    "fund_axis": N_("axe du fonds"),
    "group_motion": N_("projet de décision sur un groupe"),
    "institution": N_("institution"),
    "interim_measure": N_("mesure conservatoire"),
    "item_action": N_("action notée en séance"),
    "item_guest": N_("invité pour un point"),
    "item_text": N_("texte tapé en séance"),
    "left_out": N_("point proposé"),
    "mandate": N_("mandat"),
    "meeting": N_("séance"),
    "minutes": N_("compte rendu"),
    "minutes_amendment": N_("demande de modification du compte rendu"),
    "minutes_paragraph": N_("passage du compte rendu"),
    "minutes_recipient": N_("réponse sur le compte rendu"),
    "minutes_signature": N_("signature du compte rendu"),
    "missed_period": N_("période sans séance"),
    "notice": N_("convocation"),
    "objective_motion": N_("projet de décision sur un objectif"),
    "outbox_message": N_("message"),
    "outcome": N_("résultat d’un point"),
    "pack": N_("dossier de séance"),
    "paper": N_("pièce"),
    "paper_chase": N_("relance des pièces"),
    "person": N_("personne"),
    "person_function": N_("fonction"),
    "presence_change": N_("arrivée ou départ"),
    "programme_fact": N_("fait du programme"),
    "progress_report": N_("point d’avancement"),
    "project_group": N_("groupe projet"),
    "recusal": N_("déport"),
    "reply": N_("réponse à la convocation"),
    "reply_chaser": N_("relance des réponses"),
    "roadmap_axis": N_("axe de la feuille de route"),
    "roadmap_version": N_("version de la feuille de route"),
    "semester_objective": N_("objectif"),
    "subscription": N_("abonnement au calendrier"),
    "territory": N_("territoire"),
    "visa": N_("visa d’un relevé"),
    "workstream": N_("chantier"),
    "written_consultation": N_("consultation écrite"),
}
# what was done, by the second half of the action's name
VERB_WORDS = {
    "accept": N_("demande acceptée"),
    "action": N_("action notée"),
    "add": N_("ajout"),
    "add_paper": N_("pièce jointe"),
    "adopt": N_("adoption"),
    "answer": N_("réponse"),
    "appoint": N_("désignation"),
    "appoint_lead": N_("désignation du responsable"),
    "approve": N_("approbation"),
    "arrival": N_("arrivée"),
    "ask": N_("demande d’une pièce"),
    "ask_change": N_("demande de modification"),
    "ask_correction": N_("demande de correction"),
    "ballots": N_("vote nominatif"),
    "begin": N_("rédaction"),
    "begin_anew": N_("repris pour une nouvelle séance"),
    "build": N_("construction"),
    "cancel": N_("annulation"),
    "change_password": N_("changement de mot de passe"),
    "chase": N_("relance"),
    "circulate": N_("diffusion"),
    "close": N_("clôture"),
    "close_sessions": N_("fermeture des autres sessions"),
    "consult": N_("mise en consultation écrite"),
    "countersign": N_("contreseing donné"),
    "create_demo": N_("compte de démonstration"),
    "departure": N_("départ"),
    "done": N_("achèvement"),
    "draft": N_("projet"),
    "draft_motion": N_("rédaction"),
    "drop": N_("abandon"),
    "edit": N_("modification"),
    "end": N_("fin"),
    "end_lead": N_("fin de responsabilité"),
    "end_with_group": N_("fin avec le groupe"),
    "file": N_("dépôt"),
    "file_scan": N_("dépôt du relevé signé"),
    "finish": N_("achèvement"),
    "forget": N_("effacé avec le point retiré"),
    "give": N_("visa donné"),
    "hand_in": N_("remise"),
    "hand_over": N_("passage à d’autres"),
    "in_force": N_("entrée en vigueur"),
    "invite": N_("invitation"),
    "language": N_("changement de langue"),
    "lapse": N_("caducité"),
    "leave_out": N_("point proposé écarté"),
    "leave_to_a_session": N_("laissé à l’approbation en séance"),
    "load": N_("chargement"),
    "move": N_("déplacement"),
    "name": N_("désignation"),
    "no_quorum": N_("quorum non atteint"),
    "no_remark": N_("réponse sans remarque"),
    "number": N_("numérotation"),
    "open": N_("ouverture"),
    "outcome": N_("résultat"),
    "pass_due_date": N_("échéance passée (démonstration)"),
    "password_by_invitation": N_("mot de passe choisi, sur invitation"),
    "password_by_reset": N_("mot de passe choisi, après réinitialisation"),
    "period_missed": N_("période expliquée"),
    "place": N_("inscription à l’ordre du jour"),
    "plan": N_("planification"),
    "postpone": N_("report"),
    "presence": N_("appel"),
    "progress": N_("avancement noté"),
    "propose": N_("proposition"),
    "publish": N_("publication"),
    "ratify": N_("ratification"),
    "reactivate": N_("réactivation"),
    "reconvene": N_("nouvelle séance, faute de quorum"),
    "record_past": N_("saisie après coup"),
    "record_prior": N_("acte antérieur"),
    "rectify": N_("version rectificative"),
    "recusal": N_("déport"),
    "redate": N_("nouvelle date"),
    "redirect": N_("renvoi vers l’autre comité"),
    "redraw": N_("mise à jour d’après le relevé"),
    "refuse": N_("refus"),
    "relabel": N_("changement de libellé"),
    "remind": N_("rappel"),
    "remove": N_("retrait"),
    "remove_action": N_("retrait d’une action notée"),
    "remove_move": N_("retrait d’une arrivée ou d’un départ"),
    "remove_paper": N_("pièce retirée"),
    "rename": N_("changement de nom"),
    "renew": N_("renouvellement"),
    "reopen": N_("réouverture"),
    "reply": N_("réponse"),
    "request": N_("contreseing demandé"),
    "reread": N_("à relire"),
    "reserve": N_("passage réservé ou non"),
    "resubmit": N_("nouvelle soumission au visa"),
    "retro_planning": N_("rétro-planning"),
    "review": N_("relecture"),
    "revise": N_("modification"),
    "revise_motion": N_("modification"),
    "revoke": N_("révocation"),
    "reword": N_("changement de texte"),
    "score": N_("évaluation"),
    "sections": N_("rubriques de l’ordre du jour"),
    "send": N_("envoi"),
    "send_again": N_("nouvel envoi"),
    "send_back": N_("renvoi à l’auteur"),
    "send_reset": N_("envoi d’un lien de réinitialisation"),
    "settings": N_("réglages"),
    "settle_stop": N_("suites de l’arrêt"),
    "sign": N_("signature"),
    "signed": N_("signatures complètes"),
    "standing_headings": N_("rubriques habituelles"),
    "status": N_("changement de statut"),
    "submit": N_("soumission au visa"),
    "suspend": N_("suspension"),
    "take": N_("mesure prise"),
    "take_back": N_("point proposé repris"),
    "terms": N_("échéance ou responsable"),
    "text": N_("texte tapé en séance"),
    "unchanged": N_("rien de changé"),
    "wait_again": N_("remise en attente"),
    "withdraw": N_("retrait"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show: a person, a kind of thing, a day."""

    person_id: int | None = None
    kind: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: who, when, what, before and after."""

    seq: int
    at: Any
    who: str
    kind: str
    action: str
    label: str
    changes: list[tuple[str, str, str]]


def list_entries(actor: Actor, filters: Filters, before: int | None = None) -> tuple[list[Line], int | None]:
    """A page of entries, the newest first, and the number from which the next page starts."""
    statement = (
        select(JournalEntry)
        .options(joinedload(JournalEntry.detail))
        .where(*_conditions(actor, filters, before))
        .order_by(JournalEntry.seq.desc())
        .limit(PER_PAGE + 1)
    )
    entries = db.session.scalars(statement).all()
    lines = [_line(entry, entry.detail.payload if entry.detail else {}) for entry in entries[:PER_PAGE]]
    return lines, (lines[-1].seq if len(entries) > PER_PAGE else None)


def _conditions(actor: Actor, filters: Filters, before: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not actor.has("administrator"):
        conditions.append(JournalEntry.committee_id.in_(list(actor.scopes("secretary"))))
    if before is not None:
        conditions.append(JournalEntry.seq < before)
    if filters.person_id is not None:
        conditions.append(JournalEntry.actor_person_id == filters.person_id)
    if filters.kind:
        conditions.append(JournalEntry.object_kind == filters.kind)
    if filters.day is not None:
        # a day of Paris has twenty-three hours in March and twenty-five in October
        following = clock.from_paris(filters.day + timedelta(days=1), time(0))
        conditions += [JournalEntry.at >= clock.from_paris(filters.day, time(0)), JournalEntry.at < following]
    return conditions


def _line(entry: JournalEntry, payload: Mapping[str, Any]) -> Line:
    before, after = payload.get("before", {}), payload.get("after", {})
    verb = entry.action.partition(".")[2]
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=str(payload.get("actor") or ""),
        kind=KIND_WORDS.get(entry.object_kind, entry.object_kind),
        action=VERB_WORDS.get(verb, verb.replace("_", " ")),
        label=str(payload.get("label") or ""),
        changes=[
            (name, *_told(entry.object_kind, name, before.get(name), after.get(name)))
            for name in sorted({*before, *after})
            if name not in before or name not in after or before[name] != after[name]
        ],
    )


def _told(kind: str, name: str, old: Any, new: Any) -> tuple[str, str]:
    """What a value was and is, as the page says it; of a private one, only whether there is one."""
    if name in PRIVATE.get(kind, ()):
        return NOT_SHOWN if old else _NOTHING, NOT_SHOWN if new else _NOTHING
    return _shown(old), _shown(new)


_NOTHING = "—"
NOT_SHOWN = N_("valeur non montrée")


def _shown(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def people_who_acted() -> list[tuple[int, str]]:
    """Who can be filtered by: those whom the journal names, (id, name)."""
    acted = select(JournalEntry.actor_person_id).distinct()
    statement = select(Person.id, Person.family_name, Person.given_name).where(Person.id.in_(acted))
    rows = db.session.execute(statement.order_by(Person.family_name, Person.given_name))
    return [(key, f"{family} {given}") for key, family, given in rows]
