"""A file may prove that an action is done.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("proof_name", sa.String(length=150), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_action_proof_sha256"), "blob", ["proof_sha256"], ["sha256"])
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.alter_column("proof_name", server_default=None)


def downgrade():
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_action_proof_sha256"), type_="foreignkey")
        batch_op.drop_column("proof_name")
        batch_op.drop_column("proof_sha256")
