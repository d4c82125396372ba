"""days closed by a person.

A roster's file of closed days must not open a day that a person closed by a command. The release before writes such days
without the mark, as its own import does.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("closed_day", sa.Column("by_person", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("closed_day", "by_person")
