"""The journal is append-only: the database itself refuses to change or remove an entry.

Triggers, since a right on the table would not hold for its owner, whom the application connects as.
The detail row may be removed (a person is anonymised), never changed.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = (
    ("journal_entry", "UPDATE"),
    ("journal_entry", "DELETE"),
    ("journal_detail", "UPDATE"),
)


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
        )
        for table, verb in GUARDS:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"
            )
        return
    for table, verb in GUARDS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )


def downgrade():
    on_table = op.get_bind().dialect.name == "postgresql"
    for table, verb in reversed(GUARDS):
        op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}" + (f" ON {table}" if on_table else ""))
    if on_table:
        op.execute("DROP FUNCTION journal_is_append_only()")
