"""Every page of the product, with the person who opens it and the things of the demonstration that it needs.

A page that is added must be added here: `tests/journeys/test_every_page.py` compares with the routes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from tests.core import files
from tests.journeys import visitor
from tests.support import make_account, make_person
from tnt.accounts import services as accounts
from tnt.accounts.models import Account
from tnt.actions.models import Action
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.closing import services as closing
from tnt.committees.correspondents import Named, name_correspondent
from tnt.committees.models import Committee, Function, Institution, Mandate
from tnt.consultations import services as consultations
from tnt.consultations.models import Choice, ConsultedSeat
from tnt.convocations import services as convocations
from tnt.core import clock
from tnt.core.access import SYSTEM, Actor, actor_for
from tnt.core.db import db, transaction
from tnt.core.outbox import OutboxMessage
from tnt.core.passwords import hash_password
from tnt.core.uploads import inspect_ours
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.feeds.services.subscriptions import subscribe
from tnt.intake import services as intake
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind, RequestOrigin, RequestState
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.minutes.models import Amendment, Minutes
from tnt.minutes.queries import find_minutes, load_paragraphs
from tnt.minutes.rules import MinutesState, ParagraphKind, SignatureRole
from tnt.minutes.services import approval, circulation, writing
from tnt.objectives.models import SemesterObjective
from tnt.packs import services as packs
from tnt.packs.jobs import build_due as build_packs
from tnt.papers import services as papers
from tnt.participants import services as participants
from tnt.participants.queries import list_replies
from tnt.participants.rules import Draft, Via, Way
from tnt.projects import services as projects
from tnt.projects.models import ProjectGroup
from tnt.projects.rules import Motion
from tnt.sittings import services as sittings
from tnt.sittings.queries import list_seats
from tnt.sittings.rules import Presence

T = TypeVar("T")
NOBODY = ""
# answers that are not pages: files, and what machines ask
NOT_PAGES = frozenset(
    {
        "actions.proof",
        "closing.extract_odt",
        "closing.extract_pdf",
        "closing.record_odt",
        "closing.record_pdf",
        "consultations.paper",
        "consultations.record_pdf",
        "consultations.answer_paper",
        "consultations.scan",
        "closing.scan",
        "decisions.export",
        "decisions.scan",
        "feeds.feed",
        "feeds.meeting_file",
        "health.healthz",
        "health.readyz",
        "pack_links.file",
        "pack_links.reserved_file",
        "packs.agenda_file",
        "packs.file",
        "packs.progress",
        "packs.reserved_file",
        "papers.download",
        "participants.guest_paper",
        "minutes.as_odt",
        "minutes.pdf",
        "minutes.public_pdf",
        "portfolio.export",
        "publications.pdf",
        "sittings.state",
        "sittings.vote",  # only where a committee votes; none of the demonstration does: see tests/sittings
        "static",
    }
)
LED_GROUP = "raccordement-des-logiciels-metiers"
REORIENTED_GROUP = "catalogue-des-solutions-eprouvees"


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its endpoint, who opens it, its path."""

    endpoint: str
    who: str
    path: str


class Furnisher:
    """Adds to the demonstration what some pages need, through the services, and gives the address of each."""

    def __init__(self, app: Flask) -> None:
        """The application whose database holds the demonstration; its context is pushed."""
        self.app = app
        self.places: list[Place] = []

    def actor(self, label: str) -> Actor:
        """The person of a demonstration account."""
        account = db.session.scalars(select(Account).where(Account.demo_label == label)).one()
        return actor_for(account.person_id, account.person.full_name)

    def add(self, who: str, endpoint: str, **values: Any) -> None:
        """One page, to be opened by that person."""
        with self.app.test_request_context():
            self.places.append(Place(endpoint, who, self.app.url_for(endpoint, **values)))

    def meeting(self, committee: str, state: MeetingState) -> Meeting:
        """The first meeting of that committee in that state."""
        wanted = select(Meeting).join(Committee).where(Committee.key == committee, Meeting.state == state)
        return _known(db.session.scalars(wanted.order_by(Meeting.starts_at.desc())).first())

    def furnish(self) -> list[Place]:
        """All of them."""
        self.open_to_all()
        self.of_meetings()
        self.of_papers()
        self.of_a_session_held_now()
        self.of_a_record_to_correct()
        self.of_errata()
        self.of_minutes()
        self.of_requests()
        self.between_sessions()
        self.of_groups_and_objectives()
        self.of_administration()
        self.of_accounts()
        return self.places

    def open_to_all(self) -> None:
        """What needs no thing of its own."""
        for endpoint in ("accounts.sign_in", "accounts.forgotten_password", "pages.language"):
            self.add(NOBODY, endpoint)
        for endpoint in ("pages.accessibility", "pages.legal", "pages.personal_data"):
            self.add(NOBODY, endpoint)
            self.add(visitor.SECRETARY, endpoint)
        for who in (
            visitor.SECRETARY,
            visitor.POLITICAL_SECRETARY,
            visitor.POLITICAL_CO_CHAIR,
            visitor.LEAD,
            visitor.MEMBER,
            visitor.ADMINISTRATOR,
        ):
            self.add(who, "home.index")
        for endpoint in (
            "actions.index",
            "consultations.index",
            "decisions.register",
            "effects.prior_act",
            "feeds.index",
            "feeds.subscribe",
            "fund.index",
            "intake.index",
            "meetings.index",
            "objectives.index",
            "pages.components",
            "portfolio.committees",
            "portfolio.index",
            "portfolio.propose",
            "programme.index",
            "roadmap.index",
            "territories.index",
        ):
            self.add(visitor.SECRETARY, endpoint)
        self.add(visitor.SECRETARY, "home.search", q="urbanisme")
        self.add(visitor.SECRETARY, "home.search", q="introuvable")
        self.add(visitor.SECRETARY, "portfolio.index", au="2025-06-30")
        self.add(visitor.SECRETARY, "actions.index", voir="toutes")
        self.add(visitor.SECRETARY, "decisions.register", mots="urbanisme")
        for key in ("coordination", "orientation"):
            self.add(visitor.SECRETARY, "portfolio.committee", key=key)

    def of_meetings(self) -> None:
        """Planning, preparing, convening, and what stays of a session held or called off."""
        for endpoint in (
            "meetings.plan",
            "meetings.record_past",
            "meetings.missed",
            "meetings.retro_planning",
            "agenda_models.standing",
        ):
            self.add(visitor.SECRETARY, endpoint)
        coming = self.meeting("coordination", MeetingState.PLANNED)
        for endpoint in (
            "agendas.page",
            "agendas.choose",
            "agendas.sections",
            "meetings.cancel",
            "meetings.move",
            "meetings.postpone",
            "meetings.reconvene",
            "convocations.index",
            "convocations.preview",
            "convocations.countersign",
            "convocations.hold_date",
        ):
            self.add(visitor.SECRETARY, endpoint, meeting_id=coming.id)
        self.add(visitor.MEMBER, "agendas.page", meeting_id=coming.id)
        for nature in (each.value for each in ActKind if each is not ActKind.NOTE):
            self.add(visitor.SECRETARY, "agendas.add", meeting_id=coming.id, nature=nature)
        group = db.session.scalars(select(ProjectGroup).filter_by(slug=REORIENTED_GROUP)).one()
        self.add(
            visitor.SECRETARY,
            "agendas.add",
            meeting_id=coming.id,
            nature=ActKind.REORIENT_GROUP.value,
            groupe=group.id,
        )
        led = db.session.scalars(
            select(ProjectGroup).filter_by(slug=LED_GROUP)
        ).one()  # with what a stop ends
        stop = {"meeting_id": coming.id, "nature": ActKind.STOP_GROUP.value}
        self.add(visitor.SECRETARY, "agendas.add", **stop, groupe=led.id)
        for item in db.session.scalars(select(AgendaItem).filter_by(meeting_id=coming.id)).all()[::3]:
            self.add(visitor.SECRETARY, "agendas.revise", meeting_id=coming.id, item_id=item.id)
        self.add(visitor.SECRETARY, "agendas.remove", meeting_id=coming.id, item_id=item.id)
        closed = self.meeting("coordination", MeetingState.CLOSED)
        for endpoint in ("agendas.page", "closing.record", "minutes.page", "convocations.index"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=closed.id)
            self.add(visitor.MEMBER, endpoint, meeting_id=closed.id)
        cancelled = self.meeting("coordination", MeetingState.CANCELLED)
        self.add(visitor.SECRETARY, "agendas.page", meeting_id=cancelled.id)
        in_force = select(Act).where(Act.state == ActState.IN_FORCE).order_by(Act.id)
        for act in db.session.scalars(in_force).all()[::8]:
            self.add(visitor.MEMBER, "decisions.act", act_id=act.id)

    def of_papers(self) -> None:
        """The preparation of a session, its papers, and what is expected from somebody."""
        secretary, lead = self.actor(visitor.SECRETARY), self.actor(visitor.LEAD)
        coming = self.meeting("coordination", MeetingState.PLANNED)
        day = clock.today() + timedelta(days=3)
        item = db.session.scalars(select(AgendaItem).filter_by(meeting_id=coming.id)).first()
        assert item is not None
        asked = [
            papers.ask(secretary, item.id, author_id=lead.person_id, title=title, due_on=day)
            for title in ("Note à remettre", "Note remise")
        ]
        papers.hand_in(lead, asked[1].id, inspect_ours("note.pdf", files.pdf()))
        for endpoint in ("papers.board", "papers.ask", "papers.chase"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=coming.id)
        self.add(visitor.SECRETARY, "papers.of_item", meeting_id=coming.id, item_id=item.id)
        for endpoint in ("papers.paper", "papers.revise", "papers.send_back", "papers.remove"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=coming.id, paper_id=asked[1].id)
        self.add(visitor.SECRETARY, "papers.paper", meeting_id=coming.id, paper_id=asked[0].id)
        self.add(visitor.LEAD, "papers.mine")
        self.add(visitor.READER, "papers.mine")
        for paper in asked:
            self.add(visitor.LEAD, "papers.hand_in", paper_id=paper.id)

    def of_a_session_held_now(self) -> None:
        """A session convened, and another one open: its roll, its items, its levée to come."""
        secretary = self.actor(visitor.SECRETARY)
        group = db.session.scalars(select(ProjectGroup).filter_by(slug=REORIENTED_GROUP)).one()
        motion = projects.draft_motion(
            secretary,
            group_id=group.id,
            motion=Motion.REORIENT,
            mission="Recenser d’abord les solutions des petites communes.",
            reason="Elles en demandent le plus.",
        )
        meeting = self._plan(secretary, days=10)
        item = agendas.add_item(
            secretary,
            meeting.id,
            kind=ItemKind.DECISION,
            act_kind=ActKind.REORIENT_GROUP,
            title=f"{group.name} : réorienter le groupe projet",
            group_motion_id=motion.id,
        )
        self._inform(secretary, meeting)
        convocations.convene(secretary, meeting.id, short_notice_reason="Décision attendue par les communes")
        self.add(visitor.SECRETARY, "sittings.open", meeting_id=meeting.id)
        sittings.open_session(secretary, meeting.id, bring_forward=True)
        roll = {seat.mandate.id: (Presence.PRESENT, "") for seat in list_seats(meeting)}
        sittings.call_roll(secretary, meeting.id, roll)
        sittings.note_action(
            secretary,
            meeting.id,
            item.id,
            title="Écrire aux associations d’élus",
            owner_id=secretary.person_id,
            owner_institution_id=None,
            due_on=clock.today(),
        )
        for endpoint in (
            "sittings.page",
            "sittings.roll",
            "sittings.running_order",
            "sittings.sign_in_sheet",
            "closing.preview",
            "agendas.page",
            "minutes.page",
        ):
            self.add(visitor.SECRETARY, endpoint, meeting_id=meeting.id)
        self.add(visitor.SECRETARY, "sittings.page", meeting_id=meeting.id, point=item.id)
        convened = self._plan(secretary, days=30)
        self._inform(secretary, convened)
        convocations.convene(secretary, convened.id)
        for endpoint in ("agendas.page", "convocations.index", "sittings.open"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=convened.id)
        self.of_replies(convened)
        self.of_a_pack(secretary, convened)

    def of_a_pack(self, secretary: Actor, meeting: Meeting) -> None:
        """The pack of a session: before it is sent, and its preview."""
        self.add(visitor.MEMBER, "packs.page", meeting_id=meeting.id)
        packs.ask_for_preview(secretary, meeting.id)
        build_packs()
        for endpoint in ("packs.page", "packs.send"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=meeting.id)

    def of_replies(self, meeting: Meeting) -> None:
        """Who comes to a session: the seats and their replies, links, a guest, a correspondent."""
        secretary, member = self.actor(visitor.SECRETARY), self.actor(visitor.MEMBER)
        seat = next(one for one in list_replies(meeting.id) if one.mandate.person_id == member.person_id)
        named = Named("Inès", "Robin", "ines.robin@ville.example")
        term = name_correspondent(secretary, seat.mandate.person_id, named, from_on=clock.today())
        draft = Draft(Way.REPRESENTATIVE, "Mme Durand", "directrice adjointe")
        participants.give_reply(
            secretary, meeting.id, seat.mandate.id, draft, via=Via.SECRETARY, expected_version=None
        )
        item = db.session.scalars(select(AgendaItem).filter_by(meeting_id=meeting.id)).first()
        guest = participants.invite(
            secretary, meeting.id, _known(item).id, name="Ida Morel", email="ida@ville.example"
        )
        with transaction():
            token = participants.issue_link(meeting.id, seat.mandate.id, term.person_id)
        text = db.session.scalars(select(OutboxMessage.text).filter_by(thing=f"item_guest:{guest.id}")).one()
        for endpoint in ("participants.answer", "pack_links.page"):
            self.add(NOBODY, endpoint, token=str(token))
        self.add(NOBODY, "participants.guest_item", token=text.partition("/invite/")[2].split()[0])
        for endpoint in (
            "participants.index",
            "participants.chase",
            "participants.invite",
            "convocations.agenda",
            "convocations.convene_newcomers",
        ):
            self.add(visitor.SECRETARY, endpoint, meeting_id=meeting.id)
        self.add(visitor.SECRETARY, "participants.withdraw", meeting_id=meeting.id, guest_id=guest.id)
        self.add(visitor.SECRETARY, "participants.correspondents", person_id=member.person_id)
        self.add(visitor.SECRETARY, "participants.end_correspondent", correspondent_id=term.id)
        self.add(visitor.MEMBER, "participants.index", meeting_id=meeting.id)
        for who in (visitor.SECRETARY, visitor.MEMBER):
            self.add(who, "participants.reply", meeting_id=meeting.id, mandate_id=seat.mandate.id)

    def _plan(self, secretary: Actor, *, days: int) -> Meeting:
        starts = clock.now() + timedelta(days=days)
        committee = db.session.scalars(select(Committee).filter_by(key="coordination")).one()
        return meetings.plan_meeting(
            secretary,
            committee_id=committee.id,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            place="Salle des commissions",
        )

    def _inform(self, secretary: Actor, meeting: Meeting) -> None:
        agendas.add_item(
            secretary,
            meeting.id,
            kind=ItemKind.INFORMATION,
            act_kind=ActKind.NOTE,
            title="Point d’information",
        )

    def of_a_record_to_correct(self) -> None:
        """A record that a co-chair sent back."""
        meeting = self.meeting("orientation", MeetingState.ADJOURNED)
        closing.ask_correction(self.actor(visitor.POLITICAL_CO_CHAIR), meeting.id, 1, "Le titre est inexact.")
        for endpoint in ("closing.record", "closing.correct"):
            self.add(visitor.POLITICAL_SECRETARY, endpoint, meeting_id=meeting.id)
        self.add(visitor.POLITICAL_CO_CHAIR, "closing.record", meeting_id=meeting.id)

    def of_errata(self) -> None:
        """An act in force whose words are put right, before and while the visas are awaited."""
        acts = select(Act).where(Act.state == ActState.IN_FORCE, Act.nature == Nature.DECISION)
        acts = acts.where(Act.number.like("CC-%"))
        act, other = db.session.scalars(acts.order_by(Act.id.desc()).limit(2)).all()
        self.add(visitor.SECRETARY, "errata.ask", act_id=other.id)
        erratum = closing.file_erratum(
            self.actor(visitor.SECRETARY),
            act.id,
            corrected=f"{act.wording} Le secrétariat en rend compte.",
            reason="Une phrase manquait.",
        )
        for who in (visitor.SECRETARY, visitor.STATE_CO_CHAIR):
            self.add(who, "errata.page", erratum_id=erratum.id)
        self.add(visitor.MEMBER, "decisions.act", act_id=act.id)

    def of_minutes(self) -> None:
        """Minutes at each step of their life: published, circulated with a request, a draft, approved."""
        states = dict[MinutesState, Minutes]()
        for minutes in db.session.scalars(select(Minutes).order_by(Minutes.id)):
            states[minutes.state] = minutes
        published, sent = states[MinutesState.PUBLISHED], states[MinutesState.CIRCULATED]
        for who in (visitor.SECRETARY, visitor.MEMBER, visitor.POLITICAL_SECRETARY):
            self.add(who, "minutes.page", meeting_id=published.meeting_id)
        self.add(visitor.SECRETARY, "minutes.rectify", meeting_id=published.meeting_id)
        for who in (NOBODY, visitor.MEMBER):
            self.add(who, "publications.index")
            self.add(who, "publications.page", meeting_id=published.meeting_id)
        for who in (visitor.SECRETARY, visitor.MEMBER):
            self.add(who, "minutes.page", meeting_id=sent.meeting_id)
        discussed = {
            minutes.id: next(
                each for each in load_paragraphs(minutes.id) if each.kind is ParagraphKind.DISCUSSION
            )
            for minutes in states.values()
        }
        asked = discussed[sent.id]
        where = {"meeting_id": sent.meeting_id, "paragraph_id": asked.id}
        self.add(visitor.MEMBER, "minutes.propose", **where)
        self.add(visitor.SECRETARY, "minutes.history", **where)
        self.add(visitor.SECRETARY, "minutes.requests", meeting_id=sent.meeting_id)
        request = db.session.scalars(select(Amendment).filter_by(minutes_id=sent.id)).first()
        self.add(
            visitor.SECRETARY,
            "minutes.settle",
            meeting_id=sent.meeting_id,
            amendment_id=_known(request).id,
        )
        self._of_a_draft()

    def _of_a_draft(self) -> None:
        """A session of before whose minutes are begun, another whose minutes are approved and signed."""
        secretary = self.actor(visitor.SECRETARY)
        held = (
            select(Meeting)
            .join(Committee)
            .where(
                Committee.key == "coordination",
                Meeting.state == MeetingState.CLOSED,
                ~select(Minutes.id).where(Minutes.meeting_id == Meeting.id).exists(),
            )
        )
        draft, approved, signed, empty = db.session.scalars(held.order_by(Meeting.id)).all()[:4]
        self.add(visitor.SECRETARY, "minutes.page", meeting_id=empty.id)
        self.add(visitor.MEMBER, "minutes.page", meeting_id=empty.id)
        for meeting in (draft, approved, signed):
            writing.draft(secretary, meeting.id)
        written = load_paragraphs(_known(find_minutes(draft.id)).id)[0]
        for endpoint in ("minutes.page", "minutes.circulate", "minutes.add"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=draft.id)
        for endpoint in ("minutes.edit", "minutes.remove"):
            self.add(visitor.SECRETARY, endpoint, meeting_id=draft.id, paragraph_id=written.id)
        for meeting in (approved, signed):
            circulation.circulate(secretary, meeting.id, clock.today() + timedelta(days=7))
            approval.pass_due_date(secretary, meeting.id)
        self.add(visitor.SECRETARY, "minutes.sign", meeting_id=approved.id)
        self.add(visitor.STATE_CO_CHAIR, "minutes.sign", meeting_id=approved.id)
        self.add(visitor.SECRETARY, "minutes.page", meeting_id=approved.id)
        seen = _known(find_minutes(signed.id)).content_sha256 or ""
        approval.sign(self.actor(visitor.STATE_CO_CHAIR), signed.id, SignatureRole.CHAIR, seen)
        approval.sign(secretary, signed.id, SignatureRole.SECRETARY, seen)
        self.add(visitor.SECRETARY, "minutes.publish", meeting_id=signed.id)

    def of_requests(self) -> None:
        """Asking, following, answering."""
        member = self.actor(visitor.MEMBER)
        committee = db.session.scalars(select(Committee).filter_by(key="coordination")).one()
        mine = intake.file_request(
            member,
            committee_id=committee.id,
            origin=RequestOrigin.REQUEST,
            act_kind=ActKind.OTHER,
            title="Un point sur les usages",
            reason="Plusieurs maires le demandent.",
            author_id=member.person_id,
        )
        for endpoint in ("intake.show", "intake.withdraw"):
            self.add(visitor.MEMBER, endpoint, request_id=mine.id)
        for endpoint in (
            "intake.show",
            "intake.redirect_request",
            "intake.refuse_request",
            "consultations.draft_from_request",
        ):
            self.add(visitor.SECRETARY, endpoint, request_id=mine.id)
        for state in RequestState:
            entry = db.session.scalars(
                select(DecisionRequest).filter_by(state=state, committee_id=committee.id)
            ).first()
            if entry is not None:
                self.add(visitor.SECRETARY, "intake.show", request_id=entry.id)
        self.add(visitor.LEAD, "intake.index")
        self.add(visitor.LEAD, "intake.choose")
        for nature in ("reorient_group", "stop_group", "arbitrage", "autre"):
            self.add(visitor.LEAD, "intake.ask", nature=nature)

    def between_sessions(self) -> None:
        """A consultation at each step of its life, and a measure."""
        secretary, chair = self.actor(visitor.SECRETARY), self.actor(visitor.ASSOCIATIONS_CO_CHAIR)
        committee = db.session.scalars(select(Committee).filter_by(key="coordination")).one()
        key = {"key": "coordination"}
        self.add(visitor.SECRETARY, "consultations.choose", **key)
        for nature in ("mobilise_actor", "set_goals", "adopt_objective", "score_objective", "create_group"):
            self.add(visitor.SECRETARY, "consultations.draft", nature=nature, **key)
        group = db.session.scalars(select(ProjectGroup).filter_by(slug=REORIENTED_GROUP)).one()
        reorient = {"nature": "reorient_group", "groupe": group.id}
        self.add(visitor.SECRETARY, "consultations.draft", **reorient, **key)
        self.of_a_consultation_under_way(secretary, chair, committee)
        self.add(visitor.ASSOCIATIONS_CO_CHAIR, "consultations.take", **key)
        self.of_a_measure(chair, committee, group)

    def of_a_consultation_under_way(self, secretary: Actor, chair: Actor, committee: Committee) -> None:
        """A draft, one that was sent, one that a co-chair sent back."""
        drafts = [
            consultations.draft_consultation(
                secretary,
                committee_id=committee.id,
                act_kind=ActKind.OTHER,
                words=consultations.Words(
                    question="Acceptez-vous de reporter la remise des bilans ?",
                    due_on=clock.today() + timedelta(days=10),
                    title=f"Reporter la remise des bilans ({rank})",
                    draft_wording="Le comité reporte la remise des bilans au 31 janvier.",
                ),
            )
            for rank in range(3)
        ]
        for endpoint in ("show", "revise", "send", "withdraw"):
            self.add(visitor.SECRETARY, f"consultations.{endpoint}", consultation_id=drafts[0].id)
        opened, sent_back = drafts[1].id, drafts[2].id
        for each in (opened, sent_back):
            consultations.send(secretary, each)
        for seat in db.session.scalars(select(ConsultedSeat).filter_by(consultation_id=sent_back)).all():
            if seat.is_voting:
                consultations.reply(secretary, sent_back, seat.id, choice=Choice.APPROVE)
        consultations.close(secretary, sent_back)
        self.add(visitor.ASSOCIATIONS_CO_CHAIR, "consultations.show", consultation_id=sent_back)
        consultations.ask_correction(chair, sent_back, 1, "La date est celle du 15 janvier.")
        for endpoint in ("show", "correct"):
            self.add(visitor.SECRETARY, f"consultations.{endpoint}", consultation_id=sent_back)
        seats = db.session.scalars(select(ConsultedSeat).filter_by(consultation_id=opened)).all()
        for endpoint in ("show", "remind", "close"):
            self.add(visitor.SECRETARY, f"consultations.{endpoint}", consultation_id=opened)
        self.add(visitor.MEMBER, "consultations.show", consultation_id=opened)
        self.add(visitor.SECRETARY, "consultations.reply", consultation_id=opened, seat_id=seats[0].id)
        token = consultations.issue_link(opened, seats[0].mandate.person_id)
        self.add(NOBODY, "consultations.answer", token=str(token))

    def of_a_measure(self, chair: Actor, committee: Committee, group: ProjectGroup) -> None:
        """What a co-chair decided alone."""
        measure = consultations.take_measure(
            chair,
            committee_id=committee.id,
            act_kind=ActKind.MOBILISE_ACTOR,
            title="Mobiliser l’ANCT en renfort",
            wording="L’ANCT est mobilisée en renfort jusqu’à la prochaine séance.",
            reason="La demande ne peut pas attendre la séance.",
            group_id=group.id,
        )
        for who in (visitor.SECRETARY, visitor.MEMBER):
            self.add(who, "consultations.measure", measure_id=measure.id)
        self.add(visitor.MEMBER, "decisions.act", act_id=measure.act_id)

    def of_groups_and_objectives(self) -> None:
        """Groups, what their leads say, objectives, actions."""
        for group in db.session.scalars(select(ProjectGroup)):
            self.add(visitor.MEMBER, "portfolio.group", slug=group.slug)
        self.add(visitor.LEAD, "portfolio.group", slug=LED_GROUP)
        self.add(visitor.LEAD, "reports.file", slug=LED_GROUP)
        self.add(visitor.LEAD, "reports.index", slug=LED_GROUP)
        self.add(visitor.LEAD, "objectives.propose")
        objectives = list(db.session.scalars(select(SemesterObjective).order_by(SemesterObjective.id)))
        proposed = [each for each in objectives if not each.events and each.withdrawn_at is None]
        for endpoint in ("objectives.reword", "objectives.withdraw", "objectives.objective"):
            self.add(visitor.SECRETARY, endpoint, objective_id=proposed[0].id)
        for objective in objectives[::4]:
            self.add(visitor.SECRETARY, "objectives.objective", objective_id=objective.id)
        ours = select(Action).join(Committee).where(Committee.key == "coordination")
        for action in db.session.scalars(ours).all()[:4]:
            self.add(visitor.SECRETARY, "actions.action", action_id=action.id)

    def of_administration(self) -> None:
        """People, mandates, functions, institutions, settings, the outbox, the journal."""
        who = visitor.ADMINISTRATOR
        for endpoint in (
            "accounts.add_person",
            "accounts.people",
            "committees.add_institution",
            "committees.appoint_function",
            "committees.functions",
            "committees.institutions",
            "committees.mandates",
            "committees.open_mandate",
            "committees.settings_index",
            "home.show_journal",
            "notices.mails",
        ):
            self.add(who, endpoint)
        self.add(visitor.SECRETARY, "home.show_journal")
        self.add(who, "committees.settings", key="coordination")
        self.add(who, "committees.consultative_settings", key="coordination")
        message = db.session.scalars(select(OutboxMessage)).first()
        self.add(who, "notices.mail", message_id=_known(message).id)
        function = db.session.scalars(select(Function)).first()
        self.add(who, "committees.end_function", function_id=_known(function).id)
        institution = _known(db.session.scalars(select(Institution)).first())
        for endpoint in ("institution", "end_institution", "rename_institution"):
            self.add(who, f"committees.{endpoint}", institution_id=institution.id)
        mandate = _known(db.session.scalars(select(Mandate)).first())
        for endpoint in ("mandate", "end_mandate"):
            self.add(who, f"committees.{endpoint}", mandate_id=mandate.id)
        person = mandate.person
        for endpoint in ("person", "edit_person", "suspend", "end_person"):
            self.add(who, f"accounts.{endpoint}", person_id=person.id)
        suspended = make_person("Paule", "Lambert", "paule.lambert@ville.example")
        make_account(suspended)
        accounts.suspend(SYSTEM, suspended.id)
        self.add(who, "accounts.reactivate", person_id=suspended.id)
        self.add(who, "accounts.person", person_id=suspended.id)

    def of_accounts(self) -> None:
        """One's own account, calendar addresses, and the links that mails carry."""
        secretary = self.actor(visitor.SECRETARY)
        assert secretary.person_id is not None
        for endpoint in ("accounts.me", "accounts.confirm"):
            self.add(visitor.SECRETARY, endpoint)
        reader = make_person("Agnès", "Morel", visitor.READER)
        make_account(reader, password_hash=hash_password(visitor.READER_PASSWORD))
        for endpoint in ("home.index", "accounts.me", "accounts.change_password", "accounts.confirm"):
            self.add(visitor.READER, endpoint)
        for endpoint in ("meetings.index", "feeds.index", "feeds.subscribe", "intake.index"):
            self.add(visitor.READER, endpoint)
        issued = subscribe(secretary, person_id=secretary.person_id, committee_id=None, device="Téléphone")
        for endpoint in ("feeds.renew", "feeds.revoke"):
            self.add(visitor.SECRETARY, endpoint, subscription_id=issued.subscription.id)
        newcomer = make_person("Lucie", "Perrin", "lucie.perrin@ville.example")
        self.places.append(
            Place("accounts.accept_invitation", NOBODY, urlsplit(accounts.invite(SYSTEM, newcomer)).path)
        )
        known = make_person("Simon", "Royer", "simon.royer@ville.example")
        account = make_account(known)
        accounts.send_reset(SYSTEM, account.id)
        mail = db.session.scalars(select(OutboxMessage).filter_by(to_address=known.email)).one()
        link = re.search(r"/reinitialisation/\S+", mail.text)
        self.places.append(Place("accounts.reset_password", NOBODY, _known(link)[0]))


def _known(thing: T | None) -> T:
    assert thing is not None
    return thing
