"""The page « Calendrier », and the addresses that calendar programs read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from babel.dates import format_timedelta
from flask import Blueprint, Request, Response, flash, make_response, redirect, request, url_for
from flask import render_template as render
from flask_babel import gettext as _
from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header
from werkzeug.wrappers import Response as AnyResponse

from tnt.core import clock
from tnt.core.access import PUBLIC, SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.core.sessions import fresh_required
from tnt.core.templating import current_locale
from tnt.feeds import queries
from tnt.feeds.addresses import links_of
from tnt.feeds.forms import MINE, SubscribeForm
from tnt.feeds.models import Subscription
from tnt.feeds.queries import Body
from tnt.feeds.rules import is_silent
from tnt.feeds.services import reading, subscriptions
from tnt.feeds.services.reading import Feed, GoneAddress, UnknownAddress
from tnt.meetings.queries import list_upcoming, readable_committees

feeds = Blueprint("feeds", __name__)

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@feeds.route("/calendrier/<token>.ics", methods=["GET"], provide_automatic_options=False)
@access(PUBLIC)
def feed(token: str) -> Response:
    """A feed, to whoever holds its address: no session, no cookie, no page."""
    gzipped = names_gzip(request.headers.get("Accept-Encoding", ""))
    asks_again = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    body = Body.NONE if asks_again else (Body.GZIPPED if gzipped else Body.PLAIN)
    try:
        found = reading.open_feed(token, request.headers.get("User-Agent", ""), body)
    except UnknownAddress:
        response = _plain("Ce calendrier n’existe pas.", 404)
    except GoneAddress:
        response = _plain("Cet abonnement a été révoqué.", 410)
    else:
        response = _answer(found, request, gzipped=gzipped)
    return response


# at once, since a client may ask every few minutes
_FOR_WHOEVER_HOLDS_IT = [
    ("Cache-Control", "private, no-cache"),
    ("X-Robots-Tag", "noindex"),
    ("Referrer-Policy", "no-referrer"),
]


def _plain(sentence: str, status: int) -> Response:
    plain = "text/plain; charset=utf-8"
    return Response(f"{sentence}\n", status, headers=_FOR_WHOEVER_HOLDS_IT, content_type=plain)


def _answer(found: Feed, asked: Request, *, gzipped: bool) -> Response:
    # two representations, two tags; either one tells that nothing changed
    tags = {False: found.etag, True: f"{found.etag}-gzip"}
    headers = [
        *_FOR_WHOEVER_HOLDS_IT,
        ("ETag", f'"{tags[gzipped]}"'),
        ("Last-Modified", http_date(found.last_modified)),
        ("Vary", "Accept-Encoding"),
    ]
    if _is_unchanged(asked, set(tags.values()), found.last_modified):
        return Response(status=304, headers=headers)
    headers.append(("Content-Disposition", 'inline; filename="tnt.ics"'))
    if gzipped:
        headers.append(("Content-Encoding", "gzip"))
    body = found.compressed if gzipped else found.content
    return Response(body, headers=headers, content_type=CALENDAR_TYPE)


@lru_cache(maxsize=256)
def names_gzip(accepted: str) -> bool:
    """Whether gzip is named in Accept-Encoding, and not refused (RFC 9110 §12.5.3)."""
    wanted = parse_accept_header(accepted, Accept)
    return any(name.lower() in {"gzip", "x-gzip"} and quality > 0 for name, quality in wanted)


def _is_unchanged(asked: Request, tags: set[str], last_modified: datetime) -> bool:
    """If-None-Match, weak or strong, beats If-Modified-Since (RFC 9110 §13.2.2).

    The date must be the very one given before: a feed that loses a committee may go back to older bytes.
    """
    given = asked.headers.get("If-None-Match")
    if given is None:
        return asked.if_modified_since == last_modified
    if given.strip('"') in tags:  # one tag, as nearly every client sends it
        return True
    return asked.if_none_match.star_tag or any(asked.if_none_match.contains_weak(tag) for tag in tags)


@feeds.get("/seances/<int:meeting_id>/seance.ics")
@access(SIGNED_IN)
def meeting_file(meeting_id: int) -> Response:
    """One meeting, to put in a calendar by hand; the same identifier as in the feeds."""
    response = Response(reading.meeting_file(current_actor(), meeting_id), content_type=CALENDAR_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="seance-{meeting_id}.ics"'
    return response


@dataclass(frozen=True, slots=True)
class Line:
    """An address as its owner sees it in the list."""

    subscription: Subscription
    feed: str
    last_read: str
    is_silent: bool


@feeds.get("/calendrier")
@access(SIGNED_IN)
def index() -> AnyResponse:
    """What is to come, my addresses, and which program reads each of them."""
    found = queries.list_subscriptions(_person_id())
    upcoming = list_upcoming(committee.id for committee in readable_committees(current_actor()))
    return make_response(render("feeds/index.html", lines=[_line(each) for each in found], upcoming=upcoming))


def _line(subscription: Subscription) -> Line:
    silent = is_silent(subscription.created_at, subscription.last_fetched_at, clock.now())
    return Line(subscription, feed_name(subscription), last_read(subscription), silent)


def feed_name(subscription: Subscription) -> str:
    """« Mes séances », or the committee."""
    return subscription.committee.name if subscription.committee else _("Mes séances")


def last_read(subscription: Subscription) -> str:
    """« Thunderbird, il y a 3 h »."""
    if subscription.last_fetched_at is None:
        return str(_("Jamais lue"))
    client = subscription.last_client or _("Logiciel inconnu")
    passed = clock.now() - subscription.last_fetched_at
    if passed < timedelta(minutes=1):
        return str(_("%(client)s, à l’instant", client=client))
    ago = format_timedelta(
        -passed,
        format="short",
        threshold=1.2,
        add_direction=True,
        locale=current_locale(),
    )
    return f"{client}, {ago}"


def _person_id() -> int:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound()
    return person_id


@feeds.route("/calendrier/nouvelle-adresse", methods=["GET", "POST"])
@access(SIGNED_IN)
@fresh_required
def subscribe() -> AnyResponse:
    """Choose what to show; the answer is the address itself, which no other page can show again."""
    person_id, today = _person_id(), clock.today()
    form = SubscribeForm()
    offered = queries.committees_of(person_id, today)
    form.offer(offered, mine=queries.sits_somewhere(person_id, today))
    if form.validate_on_submit():
        ids = {committee.key: committee.id for committee in offered}
        try:
            issued = subscriptions.subscribe(
                current_actor(),
                person_id=person_id,
                committee_id=None if form.feed.data == MINE else ids[form.feed.data],
                device=form.device.data or "",
                options=subscriptions.Options(
                    with_alarms=form.with_alarms.data,
                    with_cancelled=not form.without_cancelled.data,
                    zone=form.zone.data,
                ),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return _show_once(issued)
    status = 422 if request.method == "POST" else 200
    return make_response(render("feeds/subscribe.html", form=form), status)


@feeds.route("/calendrier/adresses/<int:subscription_id>/renouveler", methods=["GET", "POST"])
@access(SIGNED_IN)
@fresh_required
def renew(subscription_id: int) -> AnyResponse:
    """Replace an address that was lost or seen by others."""
    subscription = queries.get_subscription(_person_id(), subscription_id)
    if request.method == "POST":
        return _show_once(subscriptions.renew(current_actor(), subscription_id))
    return make_response(
        render(
            "components/confirm.html",
            title=_("Renouveler l’adresse « %(device)s »", device=subscription.device),
            lead=_("Une nouvelle adresse remplace celle-ci : mêmes séances, mêmes options."),
            consequences=[
                _("L’ancienne adresse cesse aussitôt de donner les séances."),
                _("Les logiciels qui la lisaient affichent « Abonnement révoqué » pendant 90 jours."),
                _("La nouvelle adresse ne sera montrée qu’une fois : ayez l’appareil à portée de main."),
            ],
            submit_label=_("Renouveler l’adresse"),
            cancel_url=url_for("feeds.index"),
            steps=[(_("Calendrier"), url_for("feeds.index"))],
        )
    )


@feeds.route("/calendrier/adresses/<int:subscription_id>/revoquer", methods=["GET", "POST"])
@access(SIGNED_IN)
@fresh_required
def revoke(subscription_id: int) -> AnyResponse:
    """Close an address, alone."""
    subscription = queries.get_subscription(_person_id(), subscription_id)
    if request.method == "POST":
        subscriptions.revoke(current_actor(), subscription_id)
        flash(_("L’adresse « %(device)s » est révoquée.", device=subscription.device), "success")
        return redirect(url_for("feeds.index"), 303)
    return make_response(
        render(
            "components/confirm.html",
            title=_("Révoquer l’adresse « %(device)s »", device=subscription.device),
            lead=_("Cette adresse ne donnera plus aucune séance. Vos autres adresses ne changent pas."),
            consequences=[
                _("Les logiciels qui la lisent affichent « Abonnement révoqué » pendant 90 jours."),
                _("Une adresse révoquée ne peut pas être rétablie ; vous pourrez en créer une autre."),
            ],
            submit_label=_("Révoquer l’adresse"),
            cancel_url=url_for("feeds.index"),
            danger=True,
            steps=[(_("Calendrier"), url_for("feeds.index"))],
        )
    )


def _show_once(issued: subscriptions.Issued) -> AnyResponse:
    """The address, in the answer to the form itself: nothing keeps the secret for a second page."""
    subscription = issued.subscription
    name = feed_name(subscription)
    links = links_of(issued.token, f"{name} – TNT")
    page = render("feeds/address.html", subscription=subscription, feed=name, links=links)
    # no « no-referrer » here: over https the forms of the page prove where they come from by it
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
