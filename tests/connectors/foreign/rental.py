"""A film rental in the shape of Pagila, in a PostgreSQL schema of its own, with the types and things PostgreSQL has.

Enums, domains, arrays, JSON, ranges, UUID and timestamp keys, a partitioned table, a view, triggers, a generated
column, a circle of two tables, e-mail addresses inside JSON and arrays. Own rows.
"""

import json
import random

import sqlalchemy as sa

from tests.connectors.foreign.oracle import Foreign, edge

DDL = """
CREATE SCHEMA rental;
CREATE TYPE rental.rating AS ENUM ('G', 'PG-13', 'NC-17');
CREATE DOMAIN rental.email AS varchar(80) CHECK (position('@' in VALUE) > 0);
CREATE DOMAIN rental.year AS integer CHECK (VALUE > 1900);
CREATE TABLE rental.address (address_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), address text, "where" point);
CREATE TABLE rental.staff (staff_id smallint PRIMARY KEY, mail rental.email, store_id smallint, picture bytea);
CREATE TABLE rental.store (store_id smallint PRIMARY KEY, manager_id smallint REFERENCES rental.staff,
    address_id uuid REFERENCES rental.address);
ALTER TABLE rental.staff ADD FOREIGN KEY (store_id) REFERENCES rental.store DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE rental.film (film_id serial PRIMARY KEY, title text, release rental.year, rating rental.rating,
    features text[], length interval, texts tsvector);
CREATE TABLE rental.customer (customer_id bigint PRIMARY KEY, email rental.email, old_mails text[], prefs jsonb,
    address_id uuid REFERENCES rental.address, active boolean, ip inet, since date,
    last_update timestamptz DEFAULT now(), name text,
    shout text GENERATED ALWAYS AS (upper(name)) STORED, tier rental.rating, friends bigint[]);
CREATE TABLE rental.rental (customer_id bigint REFERENCES rental.customer, at timestamptz, film_id int
    REFERENCES rental.film, period tstzrange, PRIMARY KEY (customer_id, at));
CREATE TABLE rental.payment (payment_id bigint, paid_on date NOT NULL, customer_id bigint REFERENCES rental.customer,
    rented timestamptz, amount numeric(7, 2), PRIMARY KEY (payment_id, paid_on),
    FOREIGN KEY (customer_id, rented) REFERENCES rental.rental (customer_id, at)) PARTITION BY RANGE (paid_on);
CREATE TABLE rental.payment_old PARTITION OF rental.payment FOR VALUES FROM (MINVALUE) TO ('2024-06-01');
CREATE TABLE rental.payment_new PARTITION OF rental.payment FOR VALUES FROM ('2024-06-01') TO (MAXVALUE);
CREATE TABLE rental.feedback (feedback_id int PRIMARY KEY, doc json);
CREATE VIEW rental.customer_list AS SELECT customer_id AS id, email FROM rental.customer;
CREATE FUNCTION rental.touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.last_update := now(); RETURN NEW; END $$;
CREATE TRIGGER last_update BEFORE UPDATE ON rental.customer FOR EACH ROW EXECUTE FUNCTION rental.touch();
"""

FOREIGN = Foreign(
    roots=[("customer", "email"), ("staff", "mail")],
    edges=[edge(one) for one in (
        "rental.customer_id > customer.customer_id", "payment.customer_id+rented > rental.customer_id+at",
        "customer.address_id < address.address_id", "rental.film_id < film.film_id",
    )],
    keys={"address": ("address_id",), "staff": ("staff_id",), "store": ("store_id",), "film": ("film_id",),
          "customer": ("customer_id",), "rental": ("customer_id", "at"), "payment": ("payment_id", "paid_on"),
          "feedback": ("feedback_id",)},
    schema="rental",
    people=[f"mary.{n}@sakila.example" for n in range(12)],
)  # fmt: skip


def make(connection: sa.Connection, *, seed: int) -> None:
    some = random.Random(seed)

    def do(text: str, **values: object) -> None:
        connection.execute(sa.text(text), values)

    connection.exec_driver_sql(DDL)
    do("INSERT INTO rental.address (address, \"where\") "
       "SELECT 'Street ' || n, point(n, n) FROM generate_series(1, 8) n")  # fmt: skip
    do("INSERT INTO rental.staff "
       "SELECT n, 'staff' || n || '@sakila.example', n, '\\x00ff' FROM generate_series(1, 3) n")  # fmt: skip
    do("INSERT INTO rental.store SELECT n, n, NULL FROM generate_series(1, 3) n")
    do("INSERT INTO rental.film (title, release, rating, features, length) "
       "SELECT 'Film ' || n, 2000, 'PG-13', '{a,b}', '1 hour' FROM generate_series(1, 10) n")  # fmt: skip
    for n in range(12):
        do(
            "INSERT INTO rental.customer (customer_id, email, old_mails, prefs, address_id, active, ip, since, name, "
            "tier, friends) VALUES (:n, :mail, :old, CAST(:prefs AS jsonb), (SELECT address_id FROM rental.address "
            "ORDER BY address OFFSET :place LIMIT 1), true, '10.0.0.1', '2020-02-02', 'Mary', 'G', '{1,2}')",
            n=n, mail=f"Mary.{n}@Sakila.example", old=[f"old{n}@x.example", f"Older{n}@x.example"], place=n % 8,
            prefs=json.dumps({"contact": {"mails": [f"json{n}@x.example"]}, "level": [{"no": n}]}),
        )  # fmt: skip
    for n in range(60):
        who, day = some.randrange(12), f"2024-{1 + n % 12:02}-03 10:00:0{n % 6}.000{n:03}+02"
        do("INSERT INTO rental.rental VALUES (:who, CAST(:day AS timestamptz), :film, '[2024-01-01,2024-01-02)')",
           who=who, day=day, film=some.randrange(1, 11))  # fmt: skip
        if n % 3:
            do("INSERT INTO rental.payment VALUES (:n, CAST(:day AS timestamptz)::date, :who, :day, 9.90)",
               n=n, day=day, who=who)  # fmt: skip
    do("INSERT INTO rental.feedback SELECT n, json_build_object('from', json_build_object('mail', 'Mary.' || n || "
       "'@SAKILA.example'), 'no', n) FROM generate_series(0, 11) n")  # fmt: skip
