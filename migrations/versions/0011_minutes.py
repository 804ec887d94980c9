"""Minutes of a session: paragraphs with their versions, whom they went to, what was asked, who signed.

Approved minutes change by no route, so the database holds it too: triggers refuse any change of frozen
minutes and of what hangs on them, and any change of a version or of a signature ever. A later migration that
recreates one of these tables on SQLite must create its triggers again.

The two settings of a committee are added without making its table anew, which others point to.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "minutes_are_kept",
    "minutes_are_frozen",
    "minutes_part_is_frozen",
    "minutes_version_is_frozen",
)
KEPT = ("minutes_paragraph_version", "minutes_signature")  # only added to
PARTS = ("minutes_paragraph", "minutes_amendment", "minutes_recipient")  # fixed with their minutes
FIXED = (
    *(
        "meeting_id",
        "edition",
        "rectifies_id",
        "reason",
        "version",
        "drafted_at",
        "circulated_at",
        "due_on",
    ),
    *("tacit", "approval", "approved_at", "approved_by_act_id", "content_sha256", "pdf_sha256"),
    "journal_head",
)
ONCE = (
    "signed_pdf_sha256",
    "signed_at",
    "public_content_sha256",
    "public_pdf_sha256",
    "published_at",
)
STEPS = "(OLD.state || '>' || NEW.state) IN ('approved>signed', 'signed>published')"


def changed(differs):
    """What may not change of approved minutes, with the database's own « differs, NULL included »."""
    parts = [f"NEW.{name} {differs} OLD.{name}" for name in FIXED]
    parts += [f"(OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in ONCE]
    parts.append(f"(NEW.state <> OLD.state AND NOT {STEPS})")
    return " OR ".join(parts)


def is_frozen(row):
    return f"(SELECT content_sha256 FROM minutes WHERE id = {row}.minutes_id) IS NOT NULL"


def is_frozen_above(row):
    return (
        "(SELECT m.content_sha256 FROM minutes m JOIN minutes_paragraph p ON p.minutes_id = m.id"
        f" WHERE p.id = {row}.paragraph_id) IS NOT NULL"
    )


def guards():
    return (
        guards_of_postgresql() if op.get_bind().dialect.name == "postgresql" else guards_of_sqlite()
    )


def guards_of_sqlite():
    refuse = "BEGIN SELECT RAISE(ABORT, 'approved minutes do not change'); END"
    for table in KEPT:
        for verb in ("UPDATE", "DELETE"):
            yield f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}"
    for table in PARTS:
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            yield (
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} "
                f"WHEN {is_frozen(row)} {refuse}"
            )
    yield (
        "CREATE TRIGGER minutes_paragraph_version_frozen BEFORE INSERT ON minutes_paragraph_version "
        f"WHEN {is_frozen_above('NEW')} {refuse}"
    )
    frozen = "OLD.content_sha256 IS NOT NULL"
    yield f"CREATE TRIGGER minutes_no_delete BEFORE DELETE ON minutes WHEN {frozen} {refuse}"
    yield (
        f"CREATE TRIGGER minutes_frozen BEFORE UPDATE ON minutes WHEN {frozen} AND ({changed('IS NOT')}) {refuse}"
    )


def guards_of_postgresql():
    refuse = "RAISE EXCEPTION 'approved minutes do not change'"
    frame = "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
    kept, frozen, part, version = FUNCTIONS
    yield frame.format(kept, f"{refuse};")
    yield frame.format(
        frozen,
        f"IF OLD.content_sha256 IS NOT NULL AND ({changed('IS DISTINCT FROM')}) THEN {refuse}; END IF; RETURN NEW;",
    )
    yield frame.format(
        part,
        f"IF TG_OP <> 'INSERT' AND {is_frozen('OLD')} THEN {refuse}; END IF; "
        f"IF TG_OP <> 'DELETE' AND {is_frozen('NEW')} THEN {refuse}; END IF; "
        "RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;",
    )
    yield frame.format(version, f"IF {is_frozen_above('NEW')} THEN {refuse}; END IF; RETURN NEW;")
    each = "FOR EACH ROW EXECUTE FUNCTION"
    for table in KEPT:
        yield f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} {each} {kept}()"
    for table in PARTS:
        yield (
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} {each} {part}()"
        )
    yield (
        "CREATE TRIGGER minutes_paragraph_version_frozen BEFORE INSERT ON minutes_paragraph_version "
        f"{each} {version}()"
    )
    yield (
        "CREATE TRIGGER minutes_no_delete BEFORE DELETE ON minutes FOR EACH ROW "
        f"WHEN (OLD.content_sha256 IS NOT NULL) EXECUTE FUNCTION {kept}()"
    )
    yield f"CREATE TRIGGER minutes_frozen BEFORE UPDATE ON minutes {each} {frozen}()"


def add_settings():
    op.execute(
        "ALTER TABLE committee ADD COLUMN minutes_days INTEGER NOT NULL DEFAULT 7 "
        "CONSTRAINT ck_committee_minutes_days_sensible CHECK (minutes_days BETWEEN 1 AND 60)"
    )
    op.add_column(
        "committee",
        sa.Column("minutes_tacit", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def upgrade():
    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("rectifies_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "circulated",
                "approved",
                "signed",
                "published",
                name="minutesstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("circulated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("tacit", sa.Boolean(), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "tacit",
                "express",
                "in_session",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_act_id", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("journal_head", sa.String(length=64), nullable=False),
        sa.Column("signed_pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_content_sha256", sa.String(length=64), nullable=True),
        sa.Column("public_pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (public_pdf_sha256 IS NOT NULL) AND (public_pdf_sha256 IS NULL) = (public_content_sha256 IS NULL)",
            name=op.f("ck_minutes_published_has_a_public_version"),
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'circulated')) = (content_sha256 IS NULL)",
            name=op.f("ck_minutes_approved_is_frozen"),
        ),
        sa.CheckConstraint(
            "edition = 1 OR reason <> ''", name=op.f("ck_minutes_rectification_says_why")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR due_on IS NOT NULL",
            name=op.f("ck_minutes_circulated_has_a_due_date"),
        ),
        sa.CheckConstraint(
            "(content_sha256 IS NULL) = (pdf_sha256 IS NULL) AND (content_sha256 IS NULL) = (approval IS NULL) AND (content_sha256 IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_minutes_approval_is_whole"),
        ),
        sa.CheckConstraint(
            "(edition = 1) = (rectifies_id IS NULL)", name=op.f("ck_minutes_later_editions_rectify")
        ),
        sa.CheckConstraint("edition > 0", name=op.f("ck_minutes_edition_positive")),
        sa.ForeignKeyConstraint(
            ["approved_by_act_id"], ["act.id"], name=op.f("fk_minutes_approved_by_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_minutes_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id")),
        sa.ForeignKeyConstraint(
            ["rectifies_id"], ["minutes.id"], name=op.f("fk_minutes_rectifies_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("meeting_id", "edition", name=op.f("uq_minutes_meeting_id_edition")),
    )
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.create_index("ix_minutes_state_due", ["state", "due_on"], unique=False)

    op.create_table(
        "minutes_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("no_remark_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_minutes_recipient_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_recipient_minutes_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_recipient_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_recipient")),
        sa.UniqueConstraint(
            "minutes_id", "person_id", name=op.f("uq_minutes_recipient_minutes_id_person_id")
        ),
    )
    with op.batch_alter_table("minutes_recipient", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_recipient_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "minutes_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "secretary",
                name="signaturerole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quality", sa.String(length=300), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_signature_minutes_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_signature_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_signature")),
        sa.UniqueConstraint(
            "minutes_id", "role", name=op.f("uq_minutes_signature_minutes_id_role")
        ),
    )
    op.create_table(
        "minutes_paragraph",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "attendance",
                "discussion",
                "decision",
                "outcome",
                "vote",
                "vote_names",
                "actions",
                "closing",
                "free",
                name="paragraphkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "drawn",
                "written",
                "amended",
                "carried",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_changed", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'decision' OR act_id IS NOT NULL",
            name=op.f("ck_minutes_paragraph_decision_is_an_act"),
        ),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_minutes_paragraph_act_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_minutes_paragraph_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_paragraph_minutes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_paragraph")),
        sa.UniqueConstraint("minutes_id", "key", name=op.f("uq_minutes_paragraph_minutes_id_key")),
    )
    with op.batch_alter_table("minutes_paragraph", schema=None) as batch_op:
        batch_op.create_index(
            "ix_minutes_paragraph_minutes_position", ["minutes_id", "position"], unique=False
        )

    op.create_table(
        "minutes_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("paragraph_version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "refused",
                name="amendmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (settled_at IS NULL)",
            name=op.f("ck_minutes_amendment_answer_has_a_date"),
        ),
        sa.CheckConstraint(
            "proposed <> '' OR comment <> ''", name=op.f("ck_minutes_amendment_says_something")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer <> ''", name=op.f("ck_minutes_amendment_refusal_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_minutes_amendment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_minutes_amendment_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_amendment_minutes_id")
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["minutes_paragraph.id"],
            name=op.f("fk_minutes_amendment_paragraph_id"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_minutes_amendment_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_amendment")),
    )
    with op.batch_alter_table("minutes_amendment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_amendment_author_id"), ["author_id"], unique=False
        )
        batch_op.create_index(
            "ix_minutes_amendment_minutes_state", ["minutes_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_amendment_paragraph_id"), ["paragraph_id"], unique=False
        )

    op.create_table(
        "minutes_paragraph_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "drawn",
                "written",
                "amended",
                "carried",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["minutes_amendment.id"],
            name=op.f("fk_minutes_paragraph_version_amendment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_minutes_paragraph_version_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["minutes_paragraph.id"],
            name=op.f("fk_minutes_paragraph_version_paragraph_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_paragraph_version")),
        sa.UniqueConstraint(
            "paragraph_id", "number", name=op.f("uq_minutes_paragraph_version_paragraph_id_number")
        ),
    )
    add_settings()
    for statement in guards():
        op.execute(statement)


def downgrade():
    op.drop_column("committee", "minutes_tacit")
    op.drop_column("committee", "minutes_days")

    op.drop_table("minutes_paragraph_version")
    op.drop_table("minutes_amendment")
    op.drop_table("minutes_paragraph")
    op.drop_table("minutes_signature")
    op.drop_table("minutes_recipient")
    op.drop_table("minutes")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
