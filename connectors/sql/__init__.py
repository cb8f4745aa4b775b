"""Relational databases through SQLAlchemy core: PostgreSQL, MariaDB, MySQL, SQLite."""
