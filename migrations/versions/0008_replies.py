"""Replies to a convocation, the links that carry them, readings, correspondents and guests of one item.

A seat has one present reply and keeps each of those given before. A link stores the hash of its secret
only. A committee says how many proxies one member may carry, and whether a co-chair countersigns its agendas.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ONE_COVER = (
    "(CASE WHEN represented_by = '' THEN 0 ELSE 1 END)"
    " + (CASE WHEN substitute_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN proxy_to_id IS NULL THEN 0 ELSE 1 END)"
    " <= (CASE WHEN answer = 'no' THEN 1 ELSE 0 END)"
)


def _choice(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _content():
    """What a reply says, in its table and in that of its earlier versions."""
    return (
        sa.Column("answer", _choice("answer", "yes", "remote", "no"), nullable=False),
        sa.Column("represented_by", sa.String(length=160), nullable=False),
        sa.Column("represented_as", sa.String(length=160), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("proxy_to_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("for_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("via", _choice("via", "link", "page", "secretary"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def upgrade():
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("proxies_per_holder", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(
            sa.Column("agenda_countersigned", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_committee_proxies_per_holder"), "proxies_per_holder >= 1"
        )
    _create_people()
    _create_replies()
    _create_guests()


def _create_people():
    op.create_table(
        "correspondent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_correspondent_ends_after_start")
        ),
        sa.CheckConstraint("person_id <> for_person_id", name=op.f("ck_correspondent_for_another")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correspondent_person_id")),
        sa.ForeignKeyConstraint(
            ["for_person_id"], ["person.id"], name=op.f("fk_correspondent_for_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondent")),
    )
    with op.batch_alter_table("correspondent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correspondent_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correspondent_for_person_id"), ["for_person_id"], unique=False)
    op.create_table(
        "meeting_reading",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_reading_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_reading_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_reading")),
    )


def _create_replies():
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        *_content(),
        sa.CheckConstraint(ONE_COVER, name=op.f("ck_reply_one_cover")),
        sa.CheckConstraint(
            "proxy_to_id IS NULL OR proxy_to_id <> mandate_id", name=op.f("ck_reply_proxy_to_another")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_reply_meeting_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_reply_mandate_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["mandate.id"], name=op.f("fk_reply_substitute_id")),
        sa.ForeignKeyConstraint(["proxy_to_id"], ["mandate.id"], name=op.f("fk_reply_proxy_to_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_reply_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("meeting_id", "mandate_id", name=op.f("uq_reply_meeting_id_mandate_id")),
    )
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_mandate_id"), ["mandate_id"], unique=False)
    op.create_table(
        "reply_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        *_content(),
        sa.CheckConstraint(ONE_COVER, name=op.f("ck_reply_entry_one_cover")),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_entry_reply_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["mandate.id"], name=op.f("fk_reply_entry_substitute_id")),
        sa.ForeignKeyConstraint(["proxy_to_id"], ["mandate.id"], name=op.f("fk_reply_entry_proxy_to_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_reply_entry_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_entry")),
        sa.UniqueConstraint("reply_id", "version", name=op.f("uq_reply_entry_reply_id_version")),
    )
    op.create_table(
        "reply_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("selector", sa.String(length=24), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_reply_link_meeting_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_reply_link_mandate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reply_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_link")),
        sa.UniqueConstraint("selector", name=op.f("uq_reply_link_selector")),
    )
    with op.batch_alter_table("reply_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_link_meeting_id"), ["meeting_id"], unique=False)
    op.create_table(
        "reply_chaser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_reply_chaser_meeting_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_reply_chaser_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_chaser")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_reply_chaser_meeting_id_number")),
    )


def _create_guests():
    op.create_table(
        "item_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("quality", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("selector", sa.String(length=24), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_item_guest_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_item_guest_person_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name=op.f("fk_item_guest_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_guest")),
        sa.UniqueConstraint("selector", name=op.f("uq_item_guest_selector")),
    )
    with op.batch_alter_table("item_guest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_guest_item_id"), ["item_id"], unique=False)


def downgrade():
    op.drop_table("item_guest")
    op.drop_table("reply_chaser")
    op.drop_table("reply_link")
    op.drop_table("reply_entry")
    op.drop_table("reply")
    op.drop_table("meeting_reading")
    op.drop_table("correspondent")
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_committee_proxies_per_holder"), type_="check")
        batch_op.drop_column("agenda_countersigned")
        batch_op.drop_column("proxies_per_holder")
