"""The letterhead of a committee's documents, and where they are signed.

Agenda, pack, record of decisions and minutes leave under the committee's own letterhead; empty is the usual
one (République française, the programme, the committee's name), so nothing has to be typed.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("committee", sa.Column("letterhead", sa.Text(), nullable=False, server_default=""))
    op.add_column("committee", sa.Column("signing_place", sa.String(80), nullable=False, server_default=""))


def downgrade():
    op.drop_column("committee", "signing_place")
    op.drop_column("committee", "letterhead")
