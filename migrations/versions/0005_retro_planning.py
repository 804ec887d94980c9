"""The days of a committee's retro-planning, where they are not the default ones.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = (
    "hold", "requests", "papers", "chase", "convene", "pack", "session", "minutes", "approval", "follow_up",
)


def upgrade():
    op.create_table(
        "retro_days",
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="retrostepkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days BETWEEN -180 AND 180", name=op.f("ck_retro_days_within_half_a_year")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_retro_days_committee_id")),
        sa.PrimaryKeyConstraint("committee_id", "kind", name=op.f("pk_retro_days")),
    )


def downgrade():
    op.drop_table("retro_days")
