"""After the approval: signing, publishing, rectifying."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _

from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse, translate
from tnt.minutes import queries
from tnt.minutes.document import has_reserved
from tnt.minutes.forms import RectifyForm, SignForm
from tnt.minutes.rules import ROLE_WORDS, MinutesState, SignatureRole
from tnt.minutes.services import approval
from tnt.minutes.views.frame import (
    REFUSED,
    SECRETARY,
    SIGNERS,
    Answer,
    blueprint,
    kept_minutes,
    page_address,
    render,
    steps_to,
)


@blueprint.route("/compte-rendu/signer", methods=["GET", "POST"])
@access(SIGNERS)
def sign(meeting_id: int) -> Answer:
    """What is signed, by its hash, as what; then the signature."""
    actor = current_actor()
    reading = queries.get_reading(actor, meeting_id)
    minutes = reading.minutes
    roles = approval.roles_of(actor, minutes)
    form = SignForm(data={"seen": minutes.content_sha256 or "", "role": roles[0].value if roles else ""})
    if request.method == "POST":
        try:
            done = approval.sign(actor, meeting_id, _role(form), form.seen.data or "")
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Votre signature est enregistrée."), "success")
            if done.state is MinutesState.SIGNED:
                flash(
                    _("Les deux signatures sont données : le compte rendu est prêt à être publié."), "success"
                )
            return redirect(page_address(meeting_id))
    elif not roles:
        return redirect(page_address(meeting_id))
    page = render(
        "minutes/sign.html",
        minutes,
        content=reading.content,
        form=form,
        roles=[(role.value, _(ROLE_WORDS[role])) for role in roles],
        signatures=queries.list_signatures(minutes.id),
        steps=steps_to(minutes.meeting, _("Signer")),
        back=page_address(meeting_id),
    )
    return (page, REFUSED) if form.form_errors else page


def _role(form: SignForm) -> SignatureRole:
    """The role that was sent. Raises NotFound for what was tampered with."""
    try:
        return SignatureRole(form.role.data or "")
    except ValueError:
        raise NotFound() from None


@blueprint.route("/compte-rendu/publier", methods=["GET", "POST"])
@access(SECRETARY)
def publish(meeting_id: int) -> Answer:
    """What the public version leaves out, who will read it; then it is published."""
    minutes = kept_minutes(meeting_id)
    refusal = None
    if request.method == "POST":
        try:
            approval.publish(current_actor(), meeting_id)
        except DomainError as error:
            refusal = translate(error)
        else:
            flash(_("Le compte rendu est publié."), "success")
            return redirect(page_address(meeting_id))
    elif minutes.state is not MinutesState.SIGNED:
        return redirect(page_address(meeting_id))
    content = queries.whole_content(minutes)
    left_out = (
        _("La version publique laisse de côté les passages réservés et le détail nominatif des votes.")
        if has_reserved(content)
        else _("Aucun passage n’est réservé : la version publique dit tout le compte rendu.")
    )
    page = render(
        "components/confirm.html",
        minutes,
        title=_("Publier le compte rendu"),
        lead=_("Le compte rendu est approuvé et signé."),
        consequences=[
            _("La version publique paraît dans « Publications », que chacun lit sans compte, en PDF aussi."),
            left_out,
            _("Ceux qui ont reçu le projet sont prévenus par courriel."),
            _("Une erreur se corrige par une version rectificative ; la version publiée reste lisible."),
        ],
        submit_label=_("Publier"),
        cancel_url=page_address(meeting_id),
        refusal=refusal,
        steps=steps_to(minutes.meeting, _("Publier")),
    )
    return (page, REFUSED) if refusal else page


@blueprint.route("/compte-rendu/rectifier", methods=["GET", "POST"])
@access(SECRETARY)
def rectify(meeting_id: int) -> Answer:
    """Begin a rectifying edition, with why."""
    minutes = kept_minutes(meeting_id)
    form = RectifyForm()
    if request.method == "POST":
        try:
            approval.rectify(current_actor(), meeting_id, form.reason.data or "")
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("La version rectificative est commencée : corrigez-la, puis diffusez-la."), "success")
            return redirect(page_address(meeting_id))
    elif minutes.state is not MinutesState.PUBLISHED:
        return redirect(page_address(meeting_id))
    page = render(
        "components/confirm.html",
        minutes,
        title=_("Établir une version rectificative"),
        lead=_("Le compte rendu publié ne change pas : une nouvelle version le rectifie."),
        consequences=[
            _("Elle reprend les passages et suit les mêmes étapes : diffusion, approbation, signatures."),
            _("L’ancienne version reste lisible et reste publiée jusqu’à la publication de la nouvelle."),
        ],
        form=form,
        submit_label=_("Commencer la version rectificative"),
        cancel_url=page_address(meeting_id),
        steps=steps_to(minutes.meeting, _("Rectifier")),
    )
    return (page, REFUSED) if form.errors or form.form_errors else page
