"""The links by which a consultation is answered without an account.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "consultation_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("selector", sa.String(length=24), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["written_consultation.id"],
            name=op.f("fk_consultation_link_consultation_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consultation_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_link")),
        sa.UniqueConstraint("selector", name=op.f("uq_consultation_link_selector")),
    )
    op.create_index(op.f("ix_consultation_link_consultation_id"), "consultation_link", ["consultation_id"])


def downgrade():
    op.drop_index(op.f("ix_consultation_link_consultation_id"), table_name="consultation_link")
    op.drop_table("consultation_link")
