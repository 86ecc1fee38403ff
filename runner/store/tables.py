"""The tables of the store. `event` is the truth; `turn`, `batch` and the columns of `job` marked as cache can be made again from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, PrimaryKeyConstraint, String, Table, Text

VERSION = "0001"
"""The newest revision of the schema, as in `migrations/versions`."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

version = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),  # as alembic would make it
)

owner = Table(
    "owner",  # a process that works on jobs
    metadata,
    Column("id", String(40), primary_key=True),
    Column("machine", Text, nullable=False),
    Column("boot", String(64), nullable=False),
    Column("pids", String(64), nullable=False),  # the namespace in which `pid` means something
    Column("pid", Integer, nullable=False),
    Column("until_monotonic", Float, nullable=False),  # seconds since `boot`
    Column("until_wall", Float, nullable=False),  # seconds since 1970, UTC
)

job = Table(
    "job",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # the order in which jobs were accepted
    Column("parent", String(64), ForeignKey("job.id", ondelete="SET NULL")),
    Column("idempotency_key", Text, unique=True),
    Column("playbook", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("digests", Text, nullable=False),
    Column("owner", String(40)),
    Column("created", String(32), nullable=False),
    # cache from here on, but for `total_devices`
    Column("status", String(16), nullable=False),
    Column("wanted", String(32), nullable=False),
    Column("wanted_by", Text, nullable=False),
    Column("started", String(32)),
    Column("ended", String(32)),
    Column("duration_seconds", Float),
    Column("exit_code", Integer),
    Column("reason", Text, nullable=False),
    Column("total_devices", Integer, nullable=False),
    Column("total_batches", Integer, nullable=False),
    Column("current_batch", Integer, nullable=False),
    Index("ix_job_status", "status"),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job", String(64), ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("host", Text),
    Column("kind", String(32), nullable=False),
    Column("mark", String(32), nullable=False),  # whose it is, so that one whose commit was never answered is not stored again
    Column("at", String(32), nullable=False),  # to be read by people; the order is that of `seq`
    Column("detail", Text, nullable=False),
    Index("ix_event_job_seq", "job", "seq"),
    sqlite_autoincrement=True,  # a number is never given twice, also after old jobs were removed
)

turn = Table(
    "turn",
    metadata,
    Column("job", String(64), ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("batch_number", Integer, primary_key=True, autoincrement=False),
    Column("host", Text, primary_key=True),
    Column("play", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("intent", Text, nullable=False),  # the task that has begun to write and not ended
    Index("ix_turn_host", "host"),
)

batch = Table(
    "batch",
    metadata,
    Column("job", String(64), ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("batch_number", Integer, primary_key=True, autoincrement=False),
    Column("play", Text, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("started", String(32)),
    Column("ended", String(32)),
)

lease = Table(
    "lease",  # a device on which somebody works
    metadata,
    Column("device", Text, primary_key=True),
    Column("job", String(64), nullable=False),
    Column("host", Text, nullable=False),
    Column("owner", String(40), ForeignKey("owner.id", ondelete="CASCADE"), nullable=False),
    Column("taken", String(40), nullable=False),  # one taking of all keys of a host, so that it is counted once
    Index("ix_lease_owner", "owner"),
)

CACHE = (turn, batch)
"""Tables that hold nothing of their own."""
