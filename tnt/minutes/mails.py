"""Mails around minutes: a draft to read, a request asked and answered, a signature awaited, published."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app

from tnt.accounts.models import Person
from tnt.committees.queries import co_chairs_on, correspondents_of, secretaries_on
from tnt.core import clock, formats, outbox
from tnt.minutes.models import Amendment, Minutes, Recipient

CIRCULATED = "minutes_circulated"
REMINDER = "minutes_reminder"
CHANGED = "minutes_changed"


def _address(minutes: Minutes) -> str:
    return f"{current_app.config['BASE_URL']}/seances/{minutes.meeting_id}/compte-rendu"


def _session(minutes: Minutes) -> str:
    meeting = minutes.meeting
    return f"{meeting.committee.name}, séance du {formats.date_long(clock.paris_day(meeting.starts_at))}"


def _send(
    kind: str, minutes: Minutes, person: Person, occurrence: str, subject: str, text: str, *, page: str = ""
) -> None:
    if person.email is None:
        return
    outbox.enqueue(
        kind=kind,
        thing=f"minutes:{minutes.id}",
        occurrence=occurrence,
        to=person.email,
        subject=subject,
        text=f"Bonjour {person.full_name},\n\n{text}\n\n{_address(minutes)}{page}\n",
        person_id=person.id,
        locale=person.locale,
    )


def _send_for(kind: str, recipient: Recipient, occurrence: str, subject: str, text: str) -> None:
    """Write to somebody who was sent the minutes, and to whoever receives for them, who reads for whom."""
    minutes, person = recipient.minutes, recipient.person
    _send(kind, minutes, person, occurrence, subject, text)
    for each in correspondents_of([person.id], clock.today()):
        said = f"Ce message s’adresse à {person.full_name}, pour qui vous recevez et répondez.\n\n{text}"
        _send(kind, minutes, each.person, f"{occurrence}:pour:{person.id}", subject, said)


def circulated_text(minutes: Minutes, *, present: bool, institution: str) -> str:
    """What the mail of a draft says, as the preview shows it too."""
    due = formats.date_long(minutes.due_on) if minutes.due_on else ""
    who = "vous y avez participé" if present else f"votre institution ({institution}) y était représentée"
    silence = (
        f"Sans demande de votre part au {due} inclus, il sera réputé approuvé."
        if minutes.tacit
        else f"Vos observations sont attendues jusqu’au {due} inclus ; il sera approuvé en séance."
    )
    return (
        f"Le projet de compte rendu de la séance est prêt : {who}.\n\n"
        "Relisez-le, demandez une modification passage par passage, ou dites d’un clic que vous n’avez pas "
        f"de remarque. {silence}"
    )


def circulated(minutes: Minutes, recipients: Iterable[Recipient]) -> None:
    """Tell each one that the draft is there to read, until when."""
    for recipient in recipients:
        _send_for(
            CIRCULATED,
            recipient,
            f"v{minutes.edition}",
            f"Projet de compte rendu : {_session(minutes)}",
            circulated_text(minutes, present=recipient.present, institution=recipient.institution.short_name),
        )


def reminder(recipient: Recipient) -> None:
    """Remind somebody who has said nothing yet."""
    minutes = recipient.minutes
    due = formats.date_long(minutes.due_on) if minutes.due_on else ""
    _send_for(
        REMINDER,
        recipient,
        f"v{minutes.edition}",
        f"Compte rendu à relire jusqu’au {due} inclus : {_session(minutes)}",
        f"Vous n’avez pas encore répondu sur le projet de compte rendu. Vos observations sont attendues "
        f"jusqu’au {due} inclus :",
    )


def changed(minutes: Minutes, recipients: Iterable[Recipient]) -> None:
    """Ask those whose answer has fallen to read the text again."""
    due = formats.date_long(minutes.due_on) if minutes.due_on else ""
    for recipient in recipients:
        _send_for(
            CHANGED,
            recipient,
            f"v{minutes.edition}:{minutes.version}",
            f"Projet de compte rendu modifié : {_session(minutes)}",
            "Un passage du projet de compte rendu a changé depuis que vous avez répondu n’avoir pas de "
            f"remarque. Relisez-le et répondez de nouveau, jusqu’au {due} inclus :",
        )


def _secretaries(minutes: Minutes) -> list[Person]:
    return [each.person for each in secretaries_on(minutes.meeting.committee_id, clock.today())]


def asked(amendment: Amendment) -> None:
    """Tell the secretariat that a request waits for an answer."""
    minutes = amendment.minutes
    for person in _secretaries(minutes):
        _send(
            "minutes_amendment_asked",
            minutes,
            person,
            f"demande:{amendment.id}",
            f"Modification demandée : {_session(minutes)}",
            f"{amendment.author.full_name} ({amendment.institution.short_name}) demande de changer un "
            f"passage du compte rendu.\n\n{_asked_words(amendment)}\n\nTant que la demande n’a pas reçu de "
            f"réponse, le compte rendu n’est pas approuvé :",
            page="/demandes",
        )


def _asked_words(amendment: Amendment) -> str:
    """What is asked, as the secretariat reads it in the mail; long texts are read on the page."""
    parts = [
        f"{label} :\n« {shortened(words)} »"
        for label, words in (("Texte proposé", amendment.proposed), ("Explication", amendment.comment))
        if words
    ]
    return "\n\n".join(parts)


def shortened(text: str, most: int = 1_000) -> str:
    """The text, cut at a word with « … » when it is long."""
    return text if len(text) <= most else text[:most].rsplit(maxsplit=1)[0] + " …"


def settled(amendment: Amendment) -> None:
    """Tell the author what became of a request, and why when it was refused."""
    minutes = amendment.minutes
    accepted = amendment.state.value == "accepted"
    said = f"\n\n« {amendment.answer} »" if amendment.answer else ""
    _send(
        "minutes_amendment_settled",
        minutes,
        amendment.author,
        f"demande:{amendment.id}",
        f"Votre demande est {'acceptée' if accepted else 'refusée'} : {_session(minutes)}",
        f"Le secrétariat a {'accepté' if accepted else 'refusé'} la modification que vous demandiez.{said}",
    )


def to_sign(minutes: Minutes) -> None:
    """Ask the co-chairs and the secretariat for their signatures."""
    signers = [*co_chairs_on(minutes.meeting.committee_id, clock.today())]
    people = [each.person for each in signers] + _secretaries(minutes)
    for person in {each.id: each for each in people}.values():
        _send(
            "minutes_to_sign",
            minutes,
            person,
            f"v{minutes.edition}",
            f"Compte rendu à signer : {_session(minutes)}",
            "Le compte rendu est approuvé. La présidence et le secrétariat le signent :",
        )


def published(minutes: Minutes, recipients: Iterable[Recipient]) -> None:
    """Tell those who were there that the minutes are published."""
    for recipient in recipients:
        _send_for(
            "minutes_published",
            recipient,
            f"v{minutes.edition}",
            f"Compte rendu publié : {_session(minutes)}",
            "Le compte rendu est approuvé, signé et publié :",
        )
