"""What is open for somebody or in a committee is read from an index alone.

Revision: 0022, after 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_action_owner": ["owner_id", "state", "due_on"],
    "ix_action_owner_institution": ["owner_institution_id", "state", "due_on"],
    "ix_action_committee_state": ["committee_id", "state"],
}
REPLACED = {
    "ix_action_owner_id": ["owner_id"],
    "ix_action_owner_institution_id": ["owner_institution_id"],
    "ix_action_committee_id": ["committee_id"],
}


def upgrade():
    for name, columns in INDEXES.items():
        op.create_index(name, "action", columns)
    for name in REPLACED:
        op.drop_index(name, table_name="action")


def downgrade():
    for name, columns in REPLACED.items():
        op.create_index(name, "action", columns)
    for name in INDEXES:
        op.drop_index(name, table_name="action")
