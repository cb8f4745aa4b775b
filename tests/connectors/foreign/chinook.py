"""A music shop in the shape of the Chinook sample database: quoted names, a self-reference, many-to-many. Own rows."""

import random

import sqlalchemy as sa

from tests.connectors.foreign.oracle import Foreign, edge

metadata = sa.MetaData()


def _table(name: str, key: tuple[str, ...], columns: dict[str, sa.types.TypeEngine[object]], **links: str) -> None:
    sa.Table(
        name, metadata,
        *(sa.Column(one, sa.Integer, primary_key=True, autoincrement=False) if one not in links else
          sa.Column(one, sa.ForeignKey(links[one]), primary_key=True) for one in key),
        *(sa.Column(one, kind) for one, kind in columns.items()),
        *(sa.Column(one, sa.ForeignKey(to)) for one, to in links.items() if one not in key),
    )  # fmt: skip


_table("Artist", ("ArtistId",), {"Name": sa.String(120)})
_table("Genre", ("GenreId",), {"Name": sa.String(120)})
_table("Album", ("AlbumId",), {"Title": sa.String(160)}, ArtistId="Artist.ArtistId")
_table("Track", ("TrackId",), {"Name": sa.String(200), "UnitPrice": sa.Numeric(10, 2)}, AlbumId="Album.AlbumId",
       GenreId="Genre.GenreId")  # fmt: skip
_table("Playlist", ("PlaylistId",), {"Name": sa.String(120)})
_table("PlaylistTrack", ("PlaylistId", "TrackId"), {}, PlaylistId="Playlist.PlaylistId", TrackId="Track.TrackId")
_table("Employee", ("EmployeeId",), {"LastName": sa.String(20), "Email": sa.String(60), "HireDate": sa.DateTime()},
       ReportsTo="Employee.EmployeeId")  # fmt: skip
_table("Customer", ("CustomerId",), {"FirstName": sa.String(40), "Company": sa.String(80), "Email": sa.String(60)},
       SupportRepId="Employee.EmployeeId")  # fmt: skip
_table("Invoice", ("InvoiceId",), {"InvoiceDate": sa.DateTime(), "BillingAddress": sa.String(70),
                                   "Total": sa.Numeric(10, 2)}, CustomerId="Customer.CustomerId")  # fmt: skip
_table("InvoiceLine", ("InvoiceLineId",), {"Quantity": sa.Integer()}, InvoiceId="Invoice.InvoiceId",
       TrackId="Track.TrackId")  # fmt: skip

FOREIGN = Foreign(
    roots=[("Customer", "Email"), ("Employee", "Email")],
    edges=[edge(one) for one in (
        "Invoice.CustomerId > Customer.CustomerId", "InvoiceLine.InvoiceId > Invoice.InvoiceId",
        "InvoiceLine.TrackId < Track.TrackId", "Track.AlbumId < Album.AlbumId", "Album.ArtistId < Artist.ArtistId",
        "Track.GenreId < Genre.GenreId",
    )],
    keys={table.name: tuple(column.name for column in table.primary_key) for table in metadata.sorted_tables},
    people=[f"person{n}@example.org" for n in range(25)],
)  # fmt: skip


def fill(connection: sa.Connection, *, seed: int) -> None:
    some = random.Random(seed)
    rows: dict[str, list[dict[str, object]]] = {
        "Artist": [{"ArtistId": n, "Name": f"Band {n} Æ'\"%"} for n in range(5)],
        "Genre": [{"GenreId": n, "Name": f"Genre {n}"} for n in range(3)],
        "Album": [{"AlbumId": n, "Title": f"Album {n}", "ArtistId": some.randrange(5)} for n in range(10)],
        "Track": [{"TrackId": n, "Name": f"Track {n}", "UnitPrice": 1, "AlbumId": some.choice([None, *range(10)]),
                   "GenreId": some.choice([None, 0, 1, 2])} for n in range(40)],
        "Playlist": [{"PlaylistId": n, "Name": f"List {n}"} for n in range(3)],
        "PlaylistTrack": [{"PlaylistId": n % 3, "TrackId": n} for n in range(40)],
        # The first reports to nobody, and one employee is a customer, too.
        "Employee": [{"EmployeeId": n, "LastName": f"Boss {n}", "HireDate": None,
                      "Email": "Person3@Example.org" if n == 2 else f"boss{n}@example.org",
                      "ReportsTo": some.randrange(n) if n else None} for n in range(5)],
        "Customer": [{"CustomerId": n, "FirstName": f"Name {n}", "Company": None, "SupportRepId": some.randrange(5),
                      "Email": some.choice([str.upper, str.title, str.lower])(f"person{n}@example.org")}
                     for n in range(25)],
        "Invoice": [{"InvoiceId": n, "BillingAddress": f"Street {n}", "Total": some.randrange(100), "InvoiceDate": None,
                     "CustomerId": some.randrange(25)} for n in range(120)],
        "InvoiceLine": [{"InvoiceLineId": n, "Quantity": 1, "InvoiceId": some.randrange(120),
                         "TrackId": some.randrange(40)} for n in range(400)],
    }  # fmt: skip
    for table in metadata.sorted_tables:
        connection.execute(table.insert(), rows[table.name])
