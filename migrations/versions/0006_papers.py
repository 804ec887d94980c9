"""The papers of the items, those that are expected, and the times when late authors were chased.

A paper hangs on an item, or waits with the entry of the intake that its item went back to: one of the two.
Its files are versions whose bytes are content-addressed; a version without its bytes cannot be written.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaited",
                "received",
                "reviewed",
                "validated",
                name="paperstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(item_id IS NULL) <> (request_id IS NULL)", name=op.f("ck_paper_one_place")),
        sa.CheckConstraint(
            "state <> 'awaited' OR (author_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_paper_awaited_from_somebody"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_paper_item_id")),
        sa.ForeignKeyConstraint(["request_id"], ["decision_request.id"], name=op.f("fk_paper_request_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_paper_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    for column in ("item_id", "request_id", "author_id"):
        op.create_index(f"ix_paper_{column}", "paper", [column])
    op.create_table(
        "paper_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("tagged", sa.Boolean(), nullable=True),
        sa.Column("mergeable", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_paper_version_number_from_one")),
        sa.CheckConstraint("size > 0", name=op.f("ck_paper_version_not_empty")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_version_paper_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_paper_version_sha256")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_paper_version_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_version")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_paper_version_paper_id_number")),
    )
    op.create_index("ix_paper_version_sha256", "paper_version", ["sha256"])
    op.create_table(
        "paper_chase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_paper_chase_meeting_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_paper_chase_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_chase")),
    )
    op.create_index("ix_paper_chase_meeting_id", "paper_chase", ["meeting_id"])


def downgrade():
    op.drop_table("paper_chase")
    op.drop_table("paper_version")
    op.drop_table("paper")
