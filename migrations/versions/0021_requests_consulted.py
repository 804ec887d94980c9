"""A request may be put to a written consultation.

Revision: 0021, after 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATES = ("pending", "placed", "refused", "redirected", "withdrawn")
NAME = "ck_decision_request_requeststate"


def _allow(states):
    words = ", ".join(repr(state) for state in states)
    with op.batch_alter_table("decision_request", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), f"state IN ({words})")


def upgrade():
    _allow((*STATES, "consulted"))


def downgrade():
    op.execute("UPDATE decision_request SET state = 'placed' WHERE state = 'consulted'")
    _allow(STATES)
