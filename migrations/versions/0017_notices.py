"""Notices of more kinds, to whom each was written, and agendas countersigned by a co-chair.

A date may be held before the convocation, an agenda told again when it changed, and those who sit since be
convened. Each notice keeps its recipients: only the last one written to a person is still true for them.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = ("convened", "moved", "postponed", "cancelled")
NOW = (*BEFORE, "date_hold", "agenda", "joined")


def _kinds(old, new):
    """The check of the kinds: SQLite writes the table anew, PostgreSQL the constraint alone."""

    def column(values):
        return sa.Enum(*values, name="noticekind", native_enum=False, create_constraint=True, length=40)

    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("notice", schema=None) as batch_op:
            batch_op.alter_column(
                "kind", existing_type=column(old), type_=column(new), existing_nullable=False
            )
        return
    op.drop_constraint(op.f("ck_notice_noticekind"), "notice", type_="check")
    listed = ", ".join(f"'{value}'" for value in new)
    op.create_check_constraint(op.f("ck_notice_noticekind"), "notice", f"kind IN ({listed})")


def upgrade():
    _kinds(BEFORE, NOW)
    op.create_table(
        "notice_recipient",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_recipient_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_recipient_person_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_notice_recipient_mandate_id")),
        sa.PrimaryKeyConstraint("notice_id", "person_id", "mandate_id", name=op.f("pk_notice_recipient")),
    )
    op.create_table(
        "agenda_countersign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agenda_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaited",
                "given",
                "correction",
                name="countersignstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'awaited') = (answered_at IS NULL)", name=op.f("ck_agenda_countersign_answered_once")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_countersign_meeting_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_agenda_countersign_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_agenda_countersign_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_countersign")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_agenda_countersign_meeting_id_number")),
    )


def downgrade():
    op.drop_table("agenda_countersign")
    op.drop_table("notice_recipient")
    op.execute("DELETE FROM notice WHERE kind IN ('date_hold', 'agenda', 'joined')")
    _kinds(NOW, BEFORE)
