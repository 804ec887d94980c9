"""A mail as bytes, and the way out: an SMTP server, or a folder of .eml files when none is set.

Messages are built with EmailMessage only, so that no value becomes a header. Every exchange with the server
has a time limit.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol

from tnt.core.words import storable

log = logging.getLogger("tnt.mail")

TIMEOUT_SECONDS = 15
_PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. The media type may carry parameters (« text/calendar; method=PUBLISH »).

    `alternative`: another form of the text itself, as a calendar program wants an invitation (RFC 6047), and
    not a file beside it.
    """

    name: str
    media_type: str
    content: bytes
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, to whom."""

    to: str
    subject: str
    text: str
    message_id: str
    sent_at: datetime
    html: str = ""
    attachments: Sequence[Attachment] = ()


class MailFailed(Exception):
    """The mail did not leave. `permanent`: trying again is useless; `server_down`: no other would leave."""

    def __init__(self, why: str, *, permanent: bool = False, server_down: bool = False) -> None:
        """Keep why, in a line without secrets."""
        super().__init__(why)
        self.permanent = permanent
        self.server_down = server_down


class Carrier(Protocol):
    """Whatever takes a mail away."""

    def send(self, message: EmailMessage) -> None:
        """Take the mail. Raises MailFailed."""


def build(letter: Letter, sender: str) -> EmailMessage:
    """The mail, ready to leave. Raises MailFailed when an address is none."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=_one_line(letter.to))
    except ValueError as error:
        raise MailFailed("adresse refusée : ce n’est pas une adresse électronique", permanent=True) from error
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(letter.sent_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(storable(letter.text))
    if letter.html:
        message.add_alternative(storable(letter.html), subtype="html")
    # the forms of the text first: what is attached after them stands beside them all
    for attachment in sorted(letter.attachments, key=lambda each: not each.alternative):
        _attach(message, attachment)
    return message


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    described = EmailMessage()
    described["Content-Type"] = attachment.media_type
    content_type = described["Content-Type"]
    if attachment.alternative:
        message.add_alternative(
            attachment.content,
            maintype=content_type.maintype,
            subtype=content_type.subtype,
            params=dict(content_type.params),
        )
        return
    message.add_attachment(
        attachment.content,
        maintype=content_type.maintype,
        subtype=content_type.subtype,
        params=dict(content_type.params),
        filename=_one_line(attachment.name),
    )


def _one_line(value: str) -> str:
    return " ".join(storable(value).split())


@contextmanager
def carrier(settings: Mapping[str, Any]) -> Iterator[Carrier]:
    """The way out that the settings name. Raises MailFailed when the server cannot be reached."""
    if settings["MAIL_SERVER"]:
        with _smtp(settings) as server:
            yield _SmtpCarrier(server)
    else:
        yield _FolderCarrier(settings["MAIL_FOLDER"])


class _FolderCarrier:
    """Writes each mail as a file named by its Message-ID: a mail sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the file whole, or not at all."""
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{name}.part"
        draft.write_bytes(message.as_bytes())
        draft.replace(self.folder / f"{name}.eml")


class _SmtpCarrier:
    """Hands each mail to an open connection."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over, telling a refusal for good from one that may pass."""
        try:
            self.server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(answer[0] for answer in error.recipients.values())
            raise MailFailed(f"destinataire refusé ({code})", permanent=code in _PERMANENT) from error
        except smtplib.SMTPServerDisconnected as error:
            raise MailFailed("connexion coupée par le serveur", server_down=True) from error
        except smtplib.SMTPResponseException as error:
            why = f"refus du serveur ({error.smtp_code})"
            raise MailFailed(why, permanent=error.smtp_code in _PERMANENT) from error
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail server failed: %s", type(error).__name__)
            raise MailFailed("envoi interrompu", server_down=True) from error


@contextmanager
def _smtp(settings: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    try:
        server = _connect(settings)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server unreachable: %s", type(error).__name__)
        raise MailFailed("serveur de courrier injoignable", server_down=True) from error
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connect(settings: Mapping[str, Any]) -> smtplib.SMTP:
    """An open connection, encrypted and signed in as the settings say."""
    host, port, tls = settings["MAIL_SERVER"], settings["MAIL_PORT"], settings["MAIL_TLS"]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if tls == "ssl":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if tls == "starttls":
            server.starttls(context=context)
        if settings["MAIL_USER"]:
            server.login(settings["MAIL_USER"], settings["MAIL_PASSWORD"])
    except BaseException:
        server.close()
        raise
    return server
