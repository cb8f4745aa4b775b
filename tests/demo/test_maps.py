"""The maps say what is really there: every table and column, in words a person understands, and nothing else."""

from pathlib import Path

import pytest
from fideslang.default_taxonomy import DEFAULT_TAXONOMY

import demo
from connectors.registry import connect
from policies.load import load_controller
from tests.demo.conftest import CONTROLLERS

CATEGORIES = {category.fides_key for category in DEFAULT_TAXONOMY.data_category}


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_every_column_is_mapped_but_the_trap(slug: str) -> None:
    controller = load_controller(CONTROLLERS / slug)
    assert set(controller.sources) == set(demo.sources(slug))
    forgotten = set()
    for name, source in controller.sources.items():
        mapped = {
            each.name: {field.name for field in each.fields} for each in controller.datasets[source.dataset].collections
        }
        real = {table.name: set(table.columns.keys()) for table in demo.sources(slug)[name].sorted_tables}
        assert mapped.keys() == real.keys()
        for table, columns in real.items():
            assert mapped[table] <= columns, table
            forgotten |= {f"{name}.{table}.{column}" for column in columns - mapped[table]}
    assert len(forgotten) == 1 and forgotten.pop().endswith(".customers.import_remark")


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_keys_of_the_map_are_keys_of_the_table(slug: str) -> None:
    controller = load_controller(CONTROLLERS / slug)
    for name, source in controller.sources.items():
        for collection in controller.datasets[source.dataset].collections:
            mapped = {field.name for field in collection.fields if field.fides_meta and field.fides_meta.primary_key}
            real = demo.sources(slug)[name].tables[collection.name].primary_key.columns.keys()
            assert mapped == set(real), collection.name


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_categories_are_of_the_taxonomy(slug: str) -> None:
    for dataset in load_controller(CONTROLLERS / slug).datasets.values():
        for collection in dataset.collections:
            for field in collection.fields:
                assert field.data_categories and set(field.data_categories) <= CATEGORIES, (collection.name, field.name)


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_every_field_has_words_in_both_languages(slug: str) -> None:
    controller = load_controller(CONTROLLERS / slug)
    languages = set(controller.policy.languages)
    assert len(languages) == 2
    for source in controller.sources.values():
        datasets = {each.name: each for each in controller.datasets[source.dataset].collections}
        for name, collection in source.collections.items():
            assert {field.name for field in datasets[name].fields} == set(collection.fields), name
            for label in (collection.label, *(field.label for field in collection.fields.values())):
                said = {language for language in languages if getattr(label, language, None)}
                assert said == languages, (name, label)


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_the_policy_knows_every_kind_purpose_and_subject(slug: str) -> None:
    controller = load_controller(CONTROLLERS / slug)
    kinds = {kind for rule in controller.policy.law_rules() for kind in rule.data}
    purposes = {purpose.id for purpose in controller.policy.purposes}
    for source in controller.sources.values():
        for name, collection in source.collections.items():
            assert collection.kinds() <= kinds, name
            assert set(collection.purposes) <= purposes, name
            if collection.subject and collection.subject.is_ is None:
                assert set(collection.subject.values.values()) <= set(controller.policy.subjects), name


@pytest.mark.parametrize("slug", demo.SLUGS)
def test_the_connectors_find_no_error(slug: str, folder: Path) -> None:
    controller = load_controller(CONTROLLERS / slug)
    warned = set()
    for name, source in controller.sources.items():
        connector = connect(source, controller.datasets[source.dataset], name=name, environ={}, demo=folder)
        for finding in connector.describe():
            assert finding.level != "error", finding
            warned.add(finding.code)
        connector.close()
    assert {"no_primary_key", "unmapped_column"} <= warned
