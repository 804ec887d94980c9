"""What a consultation decided may be signed on paper: the scan stands for the visas still awaited.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("written_consultation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan_sha256", sa.String(length=64), nullable=True))
    with op.batch_alter_table("consultation_visa", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_scan", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("consultation_visa", schema=None) as batch_op:
        batch_op.alter_column("by_scan", server_default=None)


def downgrade():
    with op.batch_alter_table("consultation_visa", schema=None) as batch_op:
        batch_op.drop_column("by_scan")
    with op.batch_alter_table("written_consultation", schema=None) as batch_op:
        batch_op.drop_column("scan_sha256")
