"""An index on the institution that owns an action.

« Mes actions » asks for those of a person or of the institutions that they sit for; without it, each
reading of that page went through every open action of the programme.

Revision: 0004, after 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_action_owner_institution_id", "action", ["owner_institution_id"])


def downgrade():
    op.drop_index("ix_action_owner_institution_id", table_name="action")
