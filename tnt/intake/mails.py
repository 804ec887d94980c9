"""What the author of a request is told of it: placed, put to a consultation, refused, redirected."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.core import outbox
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestState

SETTLED = "request_settled"


def settled(entry: DecisionRequest) -> None:
    """Tell the author of a request, in their language, what the secretariat made of it, and why."""
    author = entry.author
    if author is None or author.email is None:
        return
    with force_locale(author.locale):
        title, committee = entry.title, entry.committee.name
        subject, lead = {
            RequestState.PLACED: (
                _("Votre demande est à l’ordre du jour : %(title)s", title=title),
                _("Le secrétariat (%(committee)s) a inscrit votre demande.", committee=committee),
            ),
            RequestState.CONSULTED: (
                _("Votre demande est soumise à une consultation écrite : %(title)s", title=title),
                _("Le secrétariat (%(committee)s) consulte les membres par écrit.", committee=committee),
            ),
            RequestState.REFUSED: (
                _("Votre demande n’est pas retenue : %(title)s", title=title),
                _("Le secrétariat (%(committee)s) vous répond.", committee=committee),
            ),
            RequestState.REDIRECTED: (
                _("Votre demande est orientée vers un autre comité : %(title)s", title=title),
                _("Le secrétariat (%(committee)s) a transmis votre demande.", committee=committee),
            ),
        }[entry.state]
        blocks = [_("Bonjour %(name)s,", name=author.full_name), lead]
        if entry.answer:
            blocks.append(_("« %(answer)s »", answer=entry.answer))
        blocks.append(_("Votre demande et ses étapes :") + "\n" + _address(entry))
        text = "\n\n".join(blocks) + "\n"
    outbox.enqueue(
        kind=SETTLED,
        thing=f"request:{entry.id}",
        occurrence=f"{entry.state}:{entry.version}",
        to=author.email,
        subject=subject,
        text=text,
        person_id=author.id,
        locale=author.locale,
    )


def _address(entry: DecisionRequest) -> str:
    return f"{current_app.config['BASE_URL']}/demandes/{entry.id}"
