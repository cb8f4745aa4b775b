"""From a URL to a connector: only databases we know, and a password never leaves."""

from pathlib import Path

import pytest

from connectors import registry
from connectors.base import Connector, ConnectorError, Identity
from connectors.sql.connector import SqlConnector
from policies.sources import Source
from tests.connectors.shop import ANNA, Shop, dataset, who

BAD = [
    "db2://u:hemmelig@h/db", "file:///etc/passwd", "postgresql+asyncpg://u:hemmelig@h/db", "hemmelig", "",
    "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=rwc&uri=true", "mssql+pyodbc://u:hemmelig@h/db",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        SqlConnector("shop", url=url, dataset=dataset("shop"))
    assert (caught.value.code, caught.value.permanent) == ("bad_url", True)
    assert "hemmelig" not in repr(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb+pymysql"])
def test_a_server_that_is_not_there_is_unreachable_and_worth_trying_again(scheme: str) -> None:
    connector = SqlConnector("shop", url=f"{scheme}://u:hemmelig@127.0.0.1:9/db", dataset=dataset("shop"))
    with pytest.raises(ConnectorError) as caught:
        list(connector.find(who(ANNA)))
    assert (caught.value.code, caught.value.permanent, caught.value.source) == ("unreachable", False, "shop")
    assert "hemmelig" not in repr(caught.value) + str(caught.value) + repr(connector)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    connector = SqlConnector("shop", url=f"sqlite:///{tmp_path}/none.sqlite", dataset=dataset("shop"))
    with pytest.raises(ConnectorError) as caught:
        connector.describe()
    assert caught.value.code == "unreachable"
    assert not (tmp_path / "none.sqlite").exists()


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_text("this is not a database, though it is long enough to be read as one" * 20)
    connector = SqlConnector("shop", url=f"sqlite:///{tmp_path}/x.sqlite", dataset=dataset("shop"))
    with pytest.raises(ConnectorError) as caught:
        connector.describe()
    assert (caught.value.code, caught.value.permanent) == ("damaged", True)


def _source(**more: object) -> Source:
    return Source.model_validate(
        {"dataset": "shop", "name": {"en": "Shop"}, "url_env": "SHOP_URL", "demo": "sqlite:///{demo}/shop.sqlite"}
        | more
    )


def test_the_environment_wins_over_the_demo(sqlite_shop: Shop, tmp_path: Path) -> None:
    made = registry.connect(
        _source(), dataset("shop"), name="shop", environ={"SHOP_URL": sqlite_shop.url}, demo=tmp_path / "elsewhere"
    )
    assert isinstance(made, Connector)
    assert list(made.find(who(ANNA)))
    made.close()


def test_a_secret_file_and_the_demo_folder(sqlite_shop: Shop, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(sqlite_shop.url + "\n")
    for environ, demo in (({"SHOP_URL_FILE": str(secret)}, None), ({}, tmp_path)):
        made = registry.connect(_source(), dataset("shop"), name="shop", environ=environ, demo=demo)
        assert list(made.find(who(ANNA)))
        made.close()


def test_without_any_address_it_is_not_configured() -> None:
    with pytest.raises(ConnectorError) as caught:
        registry.connect(_source(), dataset("shop"), name="shop", environ={}, demo=None)
    assert (caught.value.code, caught.value.permanent) == ("not_configured", True)


def test_the_map_says_how_identities_compare(sqlite_shop: Shop) -> None:
    source = _source(identity_normalise={"phone": "digits", "customer_no": "upper"})
    made = registry.connect(source, dataset("shop"), name="shop", environ={"SHOP_URL": sqlite_shop.url}, demo=None)
    for identity in ({"phone": ("+45-1234",)}, {"customer_no": (" k1",)}):
        found = [record for record in made.find(Identity(identity)) if record.collection == "customers"]
        assert [record.key for record in found] == [{"id": ANNA}]
    made.close()
