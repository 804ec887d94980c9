"""One paper as the secretariat keeps it, what becomes of it; and its files, for whoever reads them."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.queries import people_choices
from tnt.agendas.models import AgendaItem
from tnt.core import downloads
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse
from tnt.core.uploads import receives_files
from tnt.meetings.forms import options, version_of
from tnt.papers import queries, services
from tnt.papers.forms import FileForm, RemarkForm, ReviseForm
from tnt.papers.models import Paper
from tnt.papers.rules import PAPERS_CHANGE, PaperState
from tnt.papers.views.blueprint import (
    REFUSED,
    SECRETARY,
    Page,
    address_of,
    papers,
    received,
    sent_version,
    steps_to,
    try_it,
)


@papers.route("/seances/<int:meeting_id>/pieces/<int:paper_id>", methods=["GET", "POST"])
@receives_files
@access(SECRETARY)
def paper(meeting_id: int, paper_id: int) -> Page:
    """Where it is, its files from the first to the last; give it a new one."""
    actor = current_actor()
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    form = FileForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        try:
            services.hand_in(actor, paper_id, received(form.file.data), expected_version=version_of(form))
        except DomainError as error:
            error.field = "file" if error.field == "files" else error.field
            refuse(form, error)
        else:
            flash(_("Nouvelle version déposée : c’est elle que les membres liront."), "success")
            return redirect(address_of(found, item), 303)
    return _paper_page(meeting_id, paper_id, form)


def _paper_page(meeting_id: int, paper_id: int, form: FileForm) -> Page:
    found, item = queries.get_managed(current_actor(), meeting_id, paper_id)
    form.version.data = str(found.version)
    versions = queries.versions_of(paper_id)
    content = render_template(
        "papers/paper.html",
        meeting=item.meeting,
        item=item,
        paper=found,
        versions=versions,
        read=next((one.number for one in versions if one.validated_at is not None), None),
        is_late=queries.is_late_now(found),
        form=form,
        editable=item.meeting.state in PAPERS_CHANGE,
        next_states=_next_states(found),
        steps=steps_to(item.meeting, item),
    )
    return (content, REFUSED) if request.method == "POST" else content


def _next_states(found: Paper) -> list[tuple[str, str, str]]:
    """What the secretariat may make of it now: (state, words, look)."""
    reviewed, validated = PaperState.REVIEWED.value, PaperState.VALIDATED.value
    if found.state is PaperState.RECEIVED:
        return [(validated, _("Valider la pièce"), "primary"), (reviewed, _("Marquer comme relue"), "plain")]
    if found.state is PaperState.REVIEWED:
        return [(validated, _("Valider la pièce"), "primary")]
    if found.state is PaperState.VALIDATED:
        return [(reviewed, _("Revenir sur la validation"), "plain")]
    return []


def _to_paper(found: Paper, item: AgendaItem) -> Response:
    back = request.form.get("retour")
    if back == "preparation":
        return redirect(url_for("papers.board", meeting_id=item.meeting_id, _anchor="pieces"), 303)
    return redirect(address_of(found, item), 303)


@papers.post("/seances/<int:meeting_id>/pieces/<int:paper_id>/etat")
@access(SECRETARY)
def review(meeting_id: int, paper_id: int) -> Response:
    """Note it as read, or as good for the members."""
    actor = current_actor()
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    wanted = request.form.get("etat", "")
    if wanted not in {PaperState.REVIEWED.value, PaperState.VALIDATED.value}:
        abort(400)
    to_page = _to_paper(found, item)
    state, version = PaperState(wanted), sent_version()
    if try_it(lambda: services.review(actor, paper_id, state, expected_version=version)):
        words = {
            PaperState.REVIEWED: _("Pièce relue."),
            PaperState.VALIDATED: _("Pièce validée : les membres la lisent dès la convocation."),
        }
        flash(words[state], "success")
    return to_page


@papers.route("/seances/<int:meeting_id>/pieces/<int:paper_id>/renvoyer", methods=["GET", "POST"])
@access(SECRETARY)
def send_back(meeting_id: int, paper_id: int) -> Page:
    """Ask its author for another version, and say what to change."""
    actor = current_actor()
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    due_on = queries.due_again(found, item.meeting)
    form = RemarkForm(data={"version": str(found.version), "due_on": due_on})
    if form.validate_on_submit():
        try:
            services.send_back(
                actor,
                paper_id,
                remark=form.remark.data or "",
                due_on=form.due_on.data,
                expected_version=version_of(form),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Pièce renvoyée à son auteur."), "success")
            return redirect(url_for("papers.paper", meeting_id=meeting_id, paper_id=paper_id), 303)
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    author = found.author
    if author is None:
        told = _("Cette pièce n’a pas d’auteur : indiquez d’abord de qui elle est attendue.")
    elif author.email:
        told = _("Un message part à %(name)s, avec votre remarque.", name=author.full_name)
    else:
        told = _("%(name)s n’a pas d’adresse : prévenez-le autrement.", name=author.full_name)
    content = render_template(
        "components/confirm.html",
        title=_("Renvoyer la pièce à son auteur"),
        lead=found.title,
        consequences=[told, _("La pièce redevient attendue. Une version déjà validée reste lisible.")],
        form=form,
        submit_label=_("Renvoyer la pièce"),
        cancel_url=address_of(found, item),
        steps=steps_to(item.meeting, item),
    )
    return (content, REFUSED) if request.method == "POST" else content


@papers.route("/seances/<int:meeting_id>/pieces/<int:paper_id>/modifier", methods=["GET", "POST"])
@access(SECRETARY)
def revise(meeting_id: int, paper_id: int) -> Page:
    """Its title, who reads it, from whom and for when it is expected."""
    actor = current_actor()
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    form = ReviseForm(
        data={
            "title": found.title,
            "author_id": found.author_id,
            "due_on": found.due_on,
            "reserved": found.reserved,
            "version": str(found.version),
        }
    )
    form.author_id.choices = options([("", _("Aucun auteur")), *_authors(found)])
    stale = False
    if form.validate_on_submit():
        try:
            services.revise(
                actor,
                paper_id,
                title=form.title.data or "",
                reserved=form.reserved.data,
                author_id=form.author_id.data,
                due_on=form.due_on.data,
                expected_version=version_of(form),
            )
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            flash(_("Pièce modifiée."), "success")
            return redirect(url_for("papers.paper", meeting_id=meeting_id, paper_id=paper_id), 303)
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    if stale:
        form.version.data = str(found.version)
    content = render_template(
        "papers/revise.html",
        meeting=item.meeting,
        paper=found,
        form=form,
        stale=stale,
        cancel_url=address_of(found, item),
        steps=steps_to(item.meeting, item),
    )
    return (content, REFUSED) if request.method == "POST" else content


def _authors(found: Paper) -> list[tuple[int, str]]:
    """Everybody still known, and the author who is no more."""
    known = people_choices()
    author = found.author
    if author is not None and author.id not in {key for key, _name in known}:
        known.append((author.id, author.full_name))
    return known


@papers.post("/seances/<int:meeting_id>/pieces/<int:paper_id>/deplacer")
@access(SECRETARY)
def move(meeting_id: int, paper_id: int) -> Response:
    """One place up or down in its item."""
    actor = current_actor()
    _found, item = queries.get_managed(actor, meeting_id, paper_id)
    item_id = item.id
    by = {"haut": -1, "bas": 1}.get(request.form.get("vers", ""), 0)
    try_it(lambda: services.move(actor, paper_id, by=by))
    return redirect(url_for("papers.of_item", meeting_id=meeting_id, item_id=item_id), 303)


@papers.route("/seances/<int:meeting_id>/pieces/<int:paper_id>/retirer", methods=["GET", "POST"])
@access(SECRETARY)
def remove(meeting_id: int, paper_id: int) -> Page:
    """Take it off, after saying what becomes of it."""
    actor = current_actor()
    found, item = queries.get_managed(actor, meeting_id, paper_id)
    target = url_for("papers.of_item", meeting_id=meeting_id, item_id=item.id)
    if request.method == "POST":
        if try_it(lambda: services.remove(actor, paper_id, expected_version=sent_version())):
            flash(_("Pièce retirée."), "success")
        return redirect(target, 303)
    consequences = [_("Elle disparaît de la page de la séance, avec toutes ses versions.")]
    if found.state is PaperState.AWAITED:
        consequences.append(_("Elle n’est plus attendue de personne : son auteur ne sera plus relancé."))
    consequences.append(_("Un dossier déjà diffusé la garde : il ne change jamais."))
    return render_template(
        "components/confirm.html",
        title=_("Retirer la pièce"),
        lead=found.title,
        consequences=consequences,
        submit_label=_("Retirer la pièce"),
        cancel_url=address_of(found, item),
        fields={"version": found.version},
        danger=True,
        steps=steps_to(item.meeting, item),
    )


@papers.get("/seances/<int:meeting_id>/pieces/<int:paper_id>/versions/<int:number>")
@access(SIGNED_IN)
def download(meeting_id: int, paper_id: int, number: int) -> FlaskResponse:
    """A file, for whoever may read it."""
    version = queries.get_file(current_actor(), meeting_id, paper_id, number)
    return downloads.attachment(version.sha256, version.file_name)
