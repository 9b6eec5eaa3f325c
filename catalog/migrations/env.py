"""Alembic's entry: the engine comes from the caller, the tables from the models."""

from alembic import context
from sqlmodel import SQLModel

import catalog.identity.models
import catalog.ledger.models
import catalog.registry.models  # noqa: F401

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
