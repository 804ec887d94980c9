"""A session convened again on the same agenda after a lack of quorum: none is asked for it.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quorum_waived", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("reconvenes_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_meeting_reconvenes_id"), "meeting", ["reconvenes_id"], ["id"]
        )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.alter_column("quorum_waived", server_default=None)


def downgrade():
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_meeting_reconvenes_id"), type_="foreignkey")
        batch_op.drop_column("reconvenes_id")
        batch_op.drop_column("quorum_waived")
