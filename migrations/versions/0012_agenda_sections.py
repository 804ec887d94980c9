"""Sections of an agenda, standing headings and items of a committee, and proposals left out.

An item may stand under a section, be one that every session has (`standing`), and name the session whose
minutes it approves.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _gathers():
    return sa.Enum(
        "minutes", "follow_up", "decision", "opinion", "information",
        name="gathers", native_enum=False, create_constraint=True, length=40,
    )


def _standing():
    return sa.Enum(
        "minutes", "follow_up", name="standing", native_enum=False, create_constraint=True, length=40
    )


def upgrade():
    op.create_table(
        "standing_heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("gathers", _gathers(), nullable=True),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_standing_heading_committee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_heading")),
        sa.UniqueConstraint(
            "committee_id", "position", name=op.f("uq_standing_heading_committee_id_position")
        ),
    )
    op.create_table(
        "agenda_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("gathers", _gathers(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_section_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_section")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_agenda_section_meeting_id_position")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("section_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("standing", _standing(), nullable=True))
        batch_op.add_column(sa.Column("about_meeting_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_agenda_item_section_id"), "agenda_section", ["section_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_agenda_item_about_meeting_id"), "meeting", ["about_meeting_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_agenda_item_meeting_id_standing"), ["meeting_id", "standing"]
        )
    op.create_table(
        "left_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("standing", _standing(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN objective_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN standing IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_left_out_one_thing"),
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_left_out_meeting_id")),
        sa.ForeignKeyConstraint(["request_id"], ["decision_request.id"], name=op.f("fk_left_out_request_id")),
        sa.ForeignKeyConstraint(["group_id"], ["project_group.id"], name=op.f("fk_left_out_group_id")),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["semester_objective.id"], name=op.f("fk_left_out_objective_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_left_out_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out")),
        sa.UniqueConstraint("meeting_id", "request_id", name=op.f("uq_left_out_meeting_id_request_id")),
        sa.UniqueConstraint("meeting_id", "group_id", name=op.f("uq_left_out_meeting_id_group_id")),
        sa.UniqueConstraint("meeting_id", "objective_id", name=op.f("uq_left_out_meeting_id_objective_id")),
        sa.UniqueConstraint("meeting_id", "standing", name=op.f("uq_left_out_meeting_id_standing")),
    )


def downgrade():
    op.drop_table("left_out")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_agenda_item_meeting_id_standing"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_agenda_item_about_meeting_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_agenda_item_section_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_agenda_item_standing"), type_="check")
        batch_op.drop_column("about_meeting_id")
        batch_op.drop_column("standing")
        batch_op.drop_column("section_id")
    op.drop_table("agenda_section")
    op.drop_table("standing_heading")
