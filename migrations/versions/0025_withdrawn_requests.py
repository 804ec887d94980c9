"""A request on the minutes that its author takes back is kept, as withdrawn.

Revision: 0025, after 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATES = "ck_minutes_amendment_amendmentstate"


def _allow(*states):
    with op.batch_alter_table("minutes_amendment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(STATES), type_="check")
        batch_op.create_check_constraint(op.f(STATES), f"state IN ({', '.join(map(repr, states))})")


def upgrade():
    _allow("pending", "accepted", "refused", "withdrawn")


def downgrade():
    op.execute("DELETE FROM minutes_amendment WHERE state = 'withdrawn'")
    _allow("pending", "accepted", "refused")
