"""The items of an agenda: added, revised, moved, taken off."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.queries import people_choices
from tnt.agendas import queries, services
from tnt.agendas.followers import told_before_leaving
from tnt.agendas.forms import (
    GroupForm,
    InformationForm,
    ObjectiveForm,
    PlainForm,
    ask_of,
    words_of,
)
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.agendas.rules import GROUP_KINDS, OBJECTIVE_KINDS, NothingChosen
from tnt.agendas.views.blueprint import REFUSED, SECRETARY, Page, agendas, attempt, to_page
from tnt.committees.queries import institution_choices
from tnt.core import clock
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.core.errors import DomainError, NotFound, Stale
from tnt.core.i18n import refuse
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import INTERPRETED, ActKind, competent_committee, is_competent
from tnt.handovers.forms import values_of, with_questions
from tnt.handovers.queries import answers_of, handovers_of, heirs, open_things
from tnt.meetings.forms import options, version_of
from tnt.meetings.models import Meeting
from tnt.meetings.queries import get_prepared_meeting
from tnt.meetings.views import name_of
from tnt.objectives.rules import ObjectiveState
from tnt.projects.queries import list_groups
from tnt.projects.rules import Motion

INFORMATION = "information"


@agendas.get("/points/ajouter")
@access(SECRETARY)
def choose(meeting_id: int) -> Page:
    """What kind of item to add: the choice comes first, then the form for that kind."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    key = meeting.committee.key
    rows = [
        (kind.value, label, is_competent(key, kind), competent_committee(kind), kind in INTERPRETED)
        for kind, label in KINDS.items()
        if kind is not ActKind.NOTE
    ]
    groups = [kind.value for kind in GROUP_KINDS] + [ActKind.APPOINT_LEAD.value]
    return render_template(
        "agendas/choose.html",
        meeting=meeting,
        name=name_of(meeting),
        about_groups=[row for row in rows if row[0] in groups],
        about_objectives=[row for row in rows if row[0] in {kind.value for kind in OBJECTIVE_KINDS}],
        others=[row for row in rows if row[0] not in {*groups, *(kind.value for kind in OBJECTIVE_KINDS)}],
    )


@agendas.route("/points/ajouter/<nature>", methods=["GET", "POST"])
@access(SECRETARY)
def add(meeting_id: int, nature: str) -> Page:
    """The form of one kind of item."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    kind = _asked_kind(nature)
    if request.method == "GET" and kind in _BY_GROUP and "groupe" not in request.args:
        return _choose_group(meeting, kind)
    form = _form_for(meeting, kind)
    if form.validate_on_submit():
        try:
            item = _add(meeting_id, kind, form)
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Point ajouté à l’ordre du jour."), "success")
            return to_page(meeting_id, f"point-{item.id}")
    return _form_page(meeting, kind, form)


# the group comes first: its mission is then shown to be changed, or what it leaves open
_BY_GROUP = frozenset({ActKind.CREATE_GROUP, ActKind.REORIENT_GROUP, ActKind.STOP_GROUP})


def _choose_group(meeting: Meeting, kind: ActKind) -> str:
    day = clock.paris_day(meeting.starts_at)
    return render_template(
        "agendas/choose_group.html",
        meeting=meeting,
        name=name_of(meeting),
        nature=kind.value,
        label=KINDS[kind],
        groups=queries.groups_for(GROUP_KINDS[kind], day),
    )


def _asked_kind(nature: str) -> ActKind | None:
    """The kind of act, or None for an information. Answers 404 for anything else."""
    if nature == INFORMATION:
        return None
    if nature not in {kind.value for kind in ActKind}:
        abort(404)
    return ActKind(nature)


def _form_for(
    meeting: Meeting, kind: ActKind | None, values: dict[str, Any] | None = None, *, fixed: bool = False
) -> Any:
    """The form of a kind of item with its choices; `fixed`: what it is about does not change any more."""
    day = clock.paris_day(meeting.starts_at)
    asked = request.args.to_dict()
    data = (
        values
        if values is not None
        else {"objective_id": asked.get("objectif"), "group_id": asked.get("groupe")}
    )
    if kind in GROUP_KINDS:
        form = _group_form(kind, data, day, fixed=fixed)
    elif kind in OBJECTIVE_KINDS:
        form = _objective_form(kind, data, day, fixed=fixed)
    else:
        form = PlainForm(data=data) if kind else InformationForm(data=data)
        form.group_id.choices = options([("", _("aucun")), *((one.id, one.name) for one in list_groups())])
        if fixed:
            del form.group_id
        if kind is not None and not is_competent(meeting.committee.key, kind):
            del form.kind
    form.offer_sections(queries.sections_of(meeting.id), data.get("section_id"), new=not fixed)
    seated = queries.seated_on(meeting.committee_id, day)
    form.rapporteur_id.choices = options([("", _("aucun")), *((one.id, one.full_name) for one in seated)])
    return form


def _group_form(kind: ActKind, data: dict[str, Any], day: Any, *, fixed: bool) -> GroupForm:
    motion = GROUP_KINDS[kind]
    if not fixed and kind in _BY_GROUP:
        data = data | {"mission": queries.mission_to_start_from(data.get("group_id"), day)}
    chosen = request.form.get("group_id") if request.method == "POST" and not fixed else data.get("group_id")
    form = _with_questions(motion, chosen, day)(data=data)
    form.keep_for(motion)
    if fixed:
        del form.group_id
    else:
        form.group_id.choices = options([("", _("Choisir…")), *queries.groups_for(motion, day)])
    if "lead_id" in form:
        form.lead_id.choices = options([("", _("à désigner plus tard")), *people_choices()])
        form.lead_institution_id.choices = options([("", _("Choisir…")), *institution_choices(day)])
    return form


def _with_questions(motion: Motion, group_id: Any, day: Any) -> type[GroupForm]:
    """The form of a motion; for a stop, it asks what becomes of all that the group leaves open."""
    text = str(group_id or "")
    if motion is not Motion.STOP or not (text.isascii() and text.isdigit() and len(text) < 10):
        return GroupForm
    return with_questions(GroupForm, open_things(int(text)), heirs(int(text), day))


def _objective_form(kind: ActKind, data: dict[str, Any], day: Any, *, fixed: bool) -> ObjectiveForm:
    form = ObjectiveForm(data=data)
    adopting = kind is ActKind.ADOPT_OBJECTIVE
    if adopting:
        form.keep_for_adoption()
    if fixed:
        del form.objective_id
    else:
        state = ObjectiveState.PROPOSED if adopting else ObjectiveState.ADOPTED
        form.objective_id.choices = options([("", _("Choisir…")), *queries.objectives_in(state, day)])
    form.show_needed()
    return form


def _add(meeting_id: int, kind: ActKind | None, form: Any) -> AgendaItem:
    actor, words = current_actor(), form.words()
    if kind in GROUP_KINDS:
        chosen = _chosen(form.group_id.data, "group_id")
        return services.add_group_item(
            actor, meeting_id, act_kind=kind, group_id=chosen, ask=form.ask(), words=words
        )
    if kind in OBJECTIVE_KINDS:
        chosen = _chosen(form.objective_id.data, "objective_id")
        return services.add_objective_item(
            actor, meeting_id, act_kind=kind, objective_id=chosen, ask=form.ask(), words=words
        )
    wanted = ItemKind(form.kind.data) if "kind" in form else ItemKind.DECISION
    return services.add_item(
        actor,
        meeting_id,
        kind=ItemKind.INFORMATION if kind is None else wanted,
        act_kind=kind or ActKind.NOTE,
        group_id=form.group_id.data,
        **words.values(),
    )


def _chosen(value: int | None, field: str) -> int:
    if value is None:
        raise NothingChosen(field=field)
    return value


def _form_page(
    meeting: Meeting, kind: ActKind | None, form: Any, item: AgendaItem | None = None, *, stale: bool = False
) -> Page:
    competent = kind is None or is_competent(meeting.committee.key, kind)
    content = render_template(
        "agendas/form.html",
        meeting=meeting,
        name=name_of(meeting),
        form=form,
        item=item,
        stale=stale,
        label=KINDS[kind] if kind else _("Point d’information"),
        competent=competent,
        competent_key=competent_committee(kind) if kind else None,
        group_names=bool(kind in GROUP_KINDS),
    )
    return (content, REFUSED) if request.method == "POST" else content


def _item_of(meeting_id: int, item_id: int) -> AgendaItem:
    """An item of that very meeting. Raises NotFound."""
    item = queries.get_item(current_actor(), item_id)
    if item.meeting_id != meeting_id:
        raise NotFound()
    return item


@agendas.route("/points/<int:item_id>/modifier", methods=["GET", "POST"])
@access(SECRETARY)
def revise(meeting_id: int, item_id: int) -> Page:
    """Change the words of an item, and the texts of what it asks."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    item = _item_of(meeting_id, item_id)
    kind = None if item.kind is ItemKind.INFORMATION else item.act_kind
    form = _form_for(meeting, kind, words_of(item) | ask_of(item) | _answers_given(item), fixed=True)
    stale = False
    if form.validate_on_submit():
        try:
            _revise(item, kind, form)
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            flash(_("Point modifié."), "success")
            return to_page(meeting_id, f"point-{item_id}")
    item = _item_of(meeting_id, item_id)
    if stale:
        form.version.data = str(item.version)
    return _form_page(get_prepared_meeting(current_actor(), meeting_id), kind, form, item, stale=stale)


def _answers_given(item: AgendaItem) -> dict[str, Any]:
    """What was answered for what the group leaves open, as the values of the form."""
    if item.group_motion_id is None:
        return {}
    return dict(values_of(answers_of(handovers_of(item.group_motion_id))))


def _revise(item: AgendaItem, kind: ActKind | None, form: Any) -> None:
    actor, words, version = current_actor(), form.words(), version_of(form)
    if kind in GROUP_KINDS:
        services.revise_group_item(actor, item.id, ask=form.ask(), words=words, expected_version=version)
    elif kind in OBJECTIVE_KINDS:
        services.revise_objective_item(actor, item.id, ask=form.ask(), words=words, expected_version=version)
    else:
        wanted = ItemKind(form.kind.data) if "kind" in form else None
        services.revise_item(actor, item.id, kind=wanted, expected_version=version, **words.values())


@agendas.post("/points/<int:item_id>/deplacer")
@access(SECRETARY)
def move(meeting_id: int, item_id: int) -> Response:
    """One place up or down."""
    _item_of(meeting_id, item_id)
    by = {"haut": -1, "bas": 1}.get(request.form.get("vers", ""), 0)
    attempt(lambda: services.move_item(current_actor(), item_id, by=by))
    return to_page(meeting_id, f"point-{item_id}")


@agendas.route("/points/<int:item_id>/retirer", methods=["GET", "POST"])
@access(SECRETARY)
def remove(meeting_id: int, item_id: int) -> Page:
    """Take an item off, after saying what becomes of it."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    item = _item_of(meeting_id, item_id)
    if request.method == "POST":
        version = request.form.get("version", type=number) or 0
        if attempt(lambda: services.remove_item(current_actor(), item_id, expected_version=version)):
            flash(_("Point retiré de l’ordre du jour."), "success")
        return to_page(meeting_id)
    waits = _("La demande dont il vient retourne en attente.") if item.request_id else None
    return render_template(
        "components/confirm.html",
        title=_("Retirer le point"),
        lead=item.title,
        consequences=[
            waits or _("Ce point ne vient d’aucune demande : il disparaît."),
            *told_before_leaving(item),
        ],
        submit_label=_("Retirer le point"),
        cancel_url=url_for("agendas.page", meeting_id=meeting_id),
        fields={"version": item.version},
        steps=[
            (_("Séances"), url_for("meetings.index")),
            (name_of(meeting), url_for("agendas.page", meeting_id=meeting_id)),
        ],
    )
