"""What becomes of the open actions and objectives of a group that stops.

The answers are kept with the motion (`handover`) and with the act that applied them. An action may be handed
to another group; the one act that stops a group ends all its objectives, so an act may bear several events.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_action_group_id"), "project_group", ["group_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_action_group_id"), ["group_id"], unique=False)
    with op.batch_alter_table("objective_event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_objective_event_act_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_objective_event_act_id_objective_id"), ["act_id", "objective_id"]
        )
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_institution_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(action_id IS NULL) <> (objective_id IS NULL)", name=op.f("ck_handover_one_thing")
        ),
        sa.CheckConstraint(
            "(CASE WHEN owner_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN owner_institution_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_handover_at_most_one_heir"),
        ),
        sa.CheckConstraint(
            "words <> '' OR owner_id IS NOT NULL OR owner_institution_id IS NOT NULL OR group_id IS NOT NULL",
            name=op.f("ck_handover_closed_with_words"),
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["group_motion.id"], name=op.f("fk_handover_motion_id")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_handover_action_id")),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["semester_objective.id"], name=op.f("fk_handover_objective_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_handover_owner_id")),
        sa.ForeignKeyConstraint(
            ["owner_institution_id"], ["institution.id"], name=op.f("fk_handover_owner_institution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["project_group.id"], name=op.f("fk_handover_group_id")),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_handover_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("motion_id", "action_id", name=op.f("uq_handover_motion_id_action_id")),
        sa.UniqueConstraint("motion_id", "objective_id", name=op.f("uq_handover_motion_id_objective_id")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_act_id"), ["act_id"], unique=False)


def downgrade():
    op.drop_table("handover")
    with op.batch_alter_table("objective_event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_objective_event_act_id_objective_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_objective_event_act_id"), ["act_id"])
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_group_id"))
        batch_op.drop_constraint(batch_op.f("fk_action_group_id"), type_="foreignkey")
        batch_op.drop_column("group_id")
