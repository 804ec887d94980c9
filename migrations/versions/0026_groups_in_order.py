"""Groups are found in the order of their workstreams and names without being sorted.

Revision: 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_workstream_position", "workstream", ["position", "id"])
    op.create_index("ix_project_group_workstream_name", "project_group", ["workstream_id", "name", "id"])
    op.drop_index("ix_project_group_workstream_id", table_name="project_group")


def downgrade():
    op.create_index("ix_project_group_workstream_id", "project_group", ["workstream_id"])
    op.drop_index("ix_project_group_workstream_name", table_name="project_group")
    op.drop_index("ix_workstream_position", table_name="workstream")
