"""Errata: the words of an act in force put right, with the visas of the co-chairs.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "erratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_visa", "to_correct", "in_force",
                name="recordstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act_id <> original_id", name=op.f("ck_erratum_corrects_another_act")),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_erratum_act_id")),
        sa.ForeignKeyConstraint(["original_id"], ["act.id"], name=op.f("fk_erratum_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum")),
        sa.UniqueConstraint("act_id", name=op.f("uq_erratum_act_id")),
    )
    op.create_index(op.f("ix_erratum_original_id"), "erratum", ["original_id"])
    op.create_table(
        "erratum_visa",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erratum_id", sa.Integer(), nullable=False),
        sa.Column("erratum_version", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaited", "given", "correction_asked",
                name="visastate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state = 'awaited' OR given_at IS NOT NULL", name=op.f("ck_erratum_visa_answer_has_a_date")
        ),
        sa.CheckConstraint(
            "state <> 'correction_asked' OR comment <> ''", name=op.f("ck_erratum_visa_correction_says_what")
        ),
        sa.ForeignKeyConstraint(["erratum_id"], ["erratum.id"], name=op.f("fk_erratum_visa_erratum_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_erratum_visa_mandate_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_erratum_visa_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum_visa")),
        sa.UniqueConstraint(
            "erratum_id",
            "erratum_version",
            "mandate_id",
            name=op.f("uq_erratum_visa_erratum_id_erratum_version_mandate_id"),
        ),
    )
    op.create_index(op.f("ix_erratum_visa_mandate_id"), "erratum_visa", ["mandate_id"])


def downgrade():
    op.drop_index(op.f("ix_erratum_visa_mandate_id"), table_name="erratum_visa")
    op.drop_table("erratum_visa")
    op.drop_index(op.f("ix_erratum_original_id"), table_name="erratum")
    op.drop_table("erratum")
