"""What the author of a request is told of it: placed, put to a consultation, refused, redirected, back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.queries import is_known
from tnt.core import formats, outbox
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import N_
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestState

SETTLED = "request_settled"
Words = tuple[str, str]  # the subject, and the sentence that opens the message
_SETTLED: dict[RequestState, Words] = {
    RequestState.CONSULTED: (
        N_("Votre demande est soumise à une consultation écrite : %(title)s"),
        N_("Le secrétariat (%(committee)s) consulte les membres par écrit."),
    ),
    RequestState.REFUSED: (
        N_("Votre demande n’est pas retenue : %(title)s"),
        N_("Le secrétariat (%(committee)s) vous répond."),
    ),
    RequestState.WITHDRAWN: (
        N_("Votre demande est retirée : %(title)s"),
        N_("Le secrétariat (%(committee)s) a retiré votre demande."),
    ),
}


def is_told(actor: Actor, entry: DecisionRequest) -> bool:
    """Whether a mail tells the author what becomes of an entry: not what they do, nor once they left."""
    author = entry.author
    return author is not None and author.id != actor.person_id and bool(author.email) and is_known(author)


def placed(actor: Actor, entry: DecisionRequest, day: date | None) -> None:
    """Tell the author that the request is on an agenda: of which day, where the session has one."""

    def words(locale: str) -> Words:
        subject = _("Votre demande est à l’ordre du jour : %(title)s", title=entry.title)
        if day is None:
            return subject, _(
                "Le secrétariat (%(committee)s) a inscrit votre demande.", committee=entry.committee.name
            )
        return subject, _(
            "Le secrétariat (%(committee)s) a inscrit votre demande à la séance du %(day)s.",
            committee=entry.committee.name,
            day=formats.date_long(day, locale),
        )

    _tell(actor, entry, words)


def settled(actor: Actor, entry: DecisionRequest) -> None:
    """Tell the author that the request is put to a consultation, refused or withdrawn, and why."""
    subject, lead = _SETTLED[entry.state]
    _tell(
        actor, entry, lambda _locale: (_(subject, title=entry.title), _(lead, committee=entry.committee.name))
    )


def redirected(actor: Actor, entry: DecisionRequest, new: DecisionRequest) -> None:
    """Tell the author which committee has the request now."""
    _tell(
        actor,
        entry,
        lambda _locale: (
            _("Votre demande est orientée vers un autre comité : %(title)s", title=entry.title),
            _(
                "Le secrétariat (%(committee)s) a transmis votre demande : %(other)s.",
                committee=entry.committee.name,
                other=new.committee.name,
            ),
        ),
    )


def waiting_again(actor: Actor, entry: DecisionRequest, was: RequestState) -> None:
    """Tell the author that the request waits again: off its agenda, or its consultation was withdrawn."""

    def words(_locale: str) -> Words:
        committee = entry.committee.name
        return _("Votre demande attend une prochaine séance : %(title)s", title=entry.title), (
            _("La consultation écrite est retirée (%(committee)s).", committee=committee)
            if was is RequestState.CONSULTED
            else _(
                "Elle n’est plus à l’ordre du jour où elle était inscrite (%(committee)s).",
                committee=committee,
            )
        )

    _tell(actor, entry, words)


def is_still_so(message: outbox.OutboxMessage) -> bool:
    """Whether a request still stands as a message about it says: it may have moved before it left."""
    entry = db.session.get(DecisionRequest, int(message.thing.partition(":")[2]))
    return entry is not None and message.occurrence == _standing(entry)


def _standing(entry: DecisionRequest) -> str:
    return f"{entry.state}:{entry.version}"


def _tell(actor: Actor, entry: DecisionRequest, words: Callable[[str], Words]) -> None:
    """Write to the author, if told, in their language: the answer given and where to read the rest."""
    author = entry.author
    if author is None or not author.email or not is_told(actor, entry):
        return
    with force_locale(author.locale):
        subject, lead = words(author.locale)
        blocks = [_("Bonjour %(name)s,", name=author.full_name), lead]
        if entry.answer and entry.state is not RequestState.PENDING:
            blocks.append(_("« %(answer)s »", answer=entry.answer))
        blocks.append(_("Votre demande et ses étapes :") + "\n" + _address(entry))
        text = "\n\n".join(blocks) + "\n"
    outbox.enqueue(
        kind=SETTLED,
        thing=f"request:{entry.id}",
        occurrence=_standing(entry),
        to=author.email,
        subject=subject,
        text=text,
        person_id=author.id,
        locale=author.locale,
    )


def _address(entry: DecisionRequest) -> str:
    return f"{current_app.config['BASE_URL']}/demandes/{entry.id}"
