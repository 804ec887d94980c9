"""The status in force of a group is read from an index alone, in its order.

Revision: 0024, after 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_status_event_order",
        "status_event",
        ["group_id", "effective_on", "decided_on", "item_order", "id", "superseded_at", "status"],
    )
    op.drop_index("ix_status_event_group_effective", table_name="status_event")


def downgrade():
    op.create_index("ix_status_event_group_effective", "status_event", ["group_id", "effective_on"])
    op.drop_index("ix_status_event_order", table_name="status_event")
