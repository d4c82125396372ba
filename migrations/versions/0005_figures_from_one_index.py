"""figures from one index.

The response figures of a round are read from an index that has all they count. The release before reads and writes the
same tables and knows nothing of it.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_invitation_figures"
BEFORE = ["round_id", "school_id", "language", "status"]
MORE = ["program_id", "asked_at", "delivered_at", "replied_at"]


def upgrade() -> None:
    op.drop_index(NAME, table_name="invitation")
    op.create_index(NAME, "invitation", BEFORE + MORE)


def downgrade() -> None:
    op.drop_index(NAME, table_name="invitation")
    op.create_index(NAME, "invitation", BEFORE)
