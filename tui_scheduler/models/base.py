"""The one database object that all tables are bound to; opened by ``models.sqlite``."""

from peewee import DatabaseProxy, Model

database = DatabaseProxy()


class BaseModel(Model):
    """A table of ours: named after its class, in the database that was opened."""

    class Meta:
        """Peewee's options."""

        database = database
        legacy_table_names = False
