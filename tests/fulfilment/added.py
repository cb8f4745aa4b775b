"""A source more for a company: the examples of docs/add-a-company.md as they stand there."""

import re
from pathlib import Path

import yaml

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add-a-company.md"


def examples() -> dict[str, str]:
    """Text of each example of the page by its first line: "datasets/archive.yaml", "sources.yaml archive"."""
    found = re.findall(r"```yaml\n# (\S+\.yaml)\n(.*?)```", PAGE.read_text(), re.S)
    return {_name(file, text): text for file, text in found}


def _name(file: str, text: str) -> str:
    return f"sources.yaml {next(iter(yaml.safe_load(text)['sources']))}" if file == "sources.yaml" else file


def add(folder: Path, source: str) -> None:
    """To the folder of a company: the dataset, and the entry at the end of its sources."""
    given, sources = examples(), folder / "sources.yaml"
    (folder / "datasets" / f"{source}.yaml").write_text(given[f"datasets/{source}.yaml"])
    sources.write_text(sources.read_text() + given[f"sources.yaml {source}"].removeprefix("sources:\n"))
