"""The first tables: jobs, their events, and the cache beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_JOB = "job.id"


def upgrade() -> None:
    """Make everything."""
    _owner()
    _job()
    _event()
    _cache()
    _lease()


def _owner() -> None:
    op.create_table(
        "owner",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("pids", sa.String(64), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("until_monotonic", sa.Float, nullable=False),
        sa.Column("until_wall", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner"),
    )


def _job() -> None:
    texts = ("playbook", "start", "origin", "plan", "digests")
    op.create_table(
        "job",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("parent", sa.String(64)),
        sa.Column("idempotency_key", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("owner", sa.String(40)),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("wanted", sa.String(32), nullable=False),
        sa.Column("wanted_by", sa.Text, nullable=False),
        sa.Column("started", sa.String(32)),
        sa.Column("ended", sa.String(32)),
        sa.Column("duration_seconds", sa.Float),
        sa.Column("exit_code", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total_devices", "total_batches", "current_batch")),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("number", name="uq_job_number"),
        sa.UniqueConstraint("idempotency_key", name="uq_job_idempotency_key"),
        sa.ForeignKeyConstraint(["parent"], [_JOB], name="fk_job_parent", ondelete="SET NULL"),
    )
    op.create_index("ix_job_status", "job", ["status"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("host", sa.Text),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.ForeignKeyConstraint(["job"], [_JOB], name="fk_event_job", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_job_seq", "event", ["job", "seq"])


def _cache() -> None:
    op.create_table(
        "turn",
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("batch_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("play", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("intent", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job", "batch_number", "host", name="pk_turn"),
        sa.ForeignKeyConstraint(["job"], [_JOB], name="fk_turn_job", ondelete="CASCADE"),
    )
    op.create_index("ix_turn_host", "turn", ["host"])
    op.create_table(
        "batch",
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("batch_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("play", sa.Text, nullable=False),
        sa.Column("devices", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started", sa.String(32)),
        sa.Column("ended", sa.String(32)),
        sa.PrimaryKeyConstraint("job", "batch_number", name="pk_batch"),
        sa.ForeignKeyConstraint(["job"], [_JOB], name="fk_batch_job", ondelete="CASCADE"),
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("taken", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_lease"),
        sa.ForeignKeyConstraint(["owner"], ["owner.id"], name="fk_lease_owner", ondelete="CASCADE"),
    )
    op.create_index("ix_lease_owner", "lease", ["owner"])
