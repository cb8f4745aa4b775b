"""A worker held at a known point: killed there, it is half way however slow the test is to look."""


def slow(event: str) -> str:
    """SQL for SQLite: whoever causes `event` counts for minutes. DROP TRIGGER slow ends it for those who come later."""
    return f"""
    CREATE VIEW minutes AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000)
    SELECT i FROM n;
    CREATE TRIGGER slow BEFORE {event} BEGIN SELECT count(*) FROM minutes; END;
    """
