"""What a session keeps of who is there, of votes, and of texts saved as they are typed.

Arrivals and departures, recusals and votes by name have tables of their own; the roll says which mandate
replaces or holds the proxy; each text of an item has a version, so that two people may write at once.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

VOTE_MODES = "vote_mode IN ('consensus', 'count'{more})"


def _choices(*values, name):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("casting_vote", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.alter_column("casting_vote", server_default=None)
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("substitute_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("proxy_holder_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_attendance_substitute_id"), "mandate", ["substitute_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_attendance_proxy_holder_id"), "mandate", ["proxy_holder_id"], ["id"]
        )
        batch_op.create_check_constraint(
            "substitute_replaces", "substitute_id IS NULL OR presence = 'substituted'"
        )
        batch_op.create_check_constraint(
            "not_own_proxy", "proxy_holder_id IS NULL OR proxy_holder_id <> mandate_id"
        )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.add_column(sa.Column("casting", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("batch", sa.String(length=36), nullable=True))
        batch_op.create_check_constraint("choice", "casting IN ('for', 'against', 'abstain')")
        batch_op.drop_constraint(batch_op.f("ck_outcome_votemode"), type_="check")
        batch_op.create_check_constraint("votemode", VOTE_MODES.format(more=", 'by_name'"))
    op.execute("UPDATE outcome SET settled_at = saved_at WHERE kind IS NOT NULL")
    op.create_table(
        "presence_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column(
            "replaced",
            _choices(
                "present",
                "remote",
                "represented",
                "substituted",
                "by_proxy",
                "excused",
                "absent",
                name="presence",
            ),
            nullable=True,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_presence_change_meeting_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_presence_change_mandate_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_presence_change_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_change")),
        sa.UniqueConstraint(
            "meeting_id", "mandate_id", "at", name=op.f("uq_presence_change_meeting_id_mandate_id_at")
        ),
    )
    op.create_index(op.f("ix_presence_change_meeting_id"), "presence_change", ["meeting_id"])
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_recusal_item_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_recusal_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("item_id", "mandate_id", name=op.f("uq_recusal_item_id_mandate_id")),
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("choice", _choices("for", "against", "abstain", name="choice"), nullable=False),
        sa.Column("cast_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_ballot_item_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_ballot_mandate_id")),
        sa.ForeignKeyConstraint(["cast_by_id"], ["mandate.id"], name=op.f("fk_ballot_cast_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("item_id", "mandate_id", name=op.f("uq_ballot_item_id_mandate_id")),
    )
    op.create_table(
        "item_text",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "field",
            _choices("notes", "wording", "defer_reason", "mission", name="textfield"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("unwritten_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_item_text_item_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_item_text_saved_by_id")),
        sa.PrimaryKeyConstraint("item_id", "field", name=op.f("pk_item_text")),
    )


def downgrade():
    op.drop_table("item_text")
    op.drop_table("ballot")
    op.drop_table("recusal")
    op.drop_index(op.f("ix_presence_change_meeting_id"), table_name="presence_change")
    op.drop_table("presence_change")
    op.execute("UPDATE outcome SET vote_mode = 'count' WHERE vote_mode = 'by_name'")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outcome_votemode"), type_="check")
        batch_op.create_check_constraint("votemode", VOTE_MODES.format(more=""))
        batch_op.drop_constraint(batch_op.f("ck_outcome_choice"), type_="check")
        batch_op.drop_column("batch")
        batch_op.drop_column("settled_at")
        batch_op.drop_column("casting")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_attendance_not_own_proxy"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_attendance_substitute_replaces"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_attendance_proxy_holder_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_attendance_substitute_id"), type_="foreignkey")
        batch_op.drop_column("proxy_holder_id")
        batch_op.drop_column("substitute_id")
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.drop_column("casting_vote")
