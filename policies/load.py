"""A company's folder into one frozen, digest-named ``Controller``. Cached: an unchanged folder is not read twice."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from fideslang.models import Dataset

from policies.brand import Brand
from policies.marks import Marked, decode, read
from policies.problems import PolicyError, Problem
from policies.read import Model, read_model, validate
from policies.schema import ControllerPolicy
from policies.sources import CollectionMap, Source, SourceMap

BUILT_IN = Path(__file__).resolve().parent.parent / "controllers"


@dataclass(frozen=True)
class Controller:
    """A company as loaded. ``digest``: sha256 hex of all files of the folder; a case is stamped with it."""

    slug: str
    folder: Path
    policy: ControllerPolicy
    datasets: Mapping[str, Dataset]
    sources: Mapping[str, Source]
    brand: Brand | None
    digest: str
    marks: Mapping[str, Marked] = field(compare=False, repr=False)  # files with their lines, for policies.check
    texts: Mapping[str, str] = field(compare=False, repr=False)  # every text file as it was, to keep this version

    def collections(self) -> Iterator[tuple[str, str, CollectionMap]]:
        """(source, collection, map) of everything sources.yaml speaks of."""
        for source_name, source in self.sources.items():
            for name, collection in source.collections.items():
                yield source_name, name, collection

    @property
    def logo(self) -> Path | None:
        return self.folder / "brand" / self.brand.logo if self.brand else None


_Stamp = tuple[tuple[str, int, int], ...]
_loaded: dict[Path, tuple[_Stamp, Controller]] = {}


def load_controller(folder: Path) -> Controller:
    """Load one folder.

    Raises PolicyError with every problem found, each with file and line. Datasets and sources.yaml may be missing.
    """
    stamp = _stamp(folder)
    known = _loaded.get(folder)
    if known and known[0] == stamp:
        return known[1]
    controller = _load(folder)
    _loaded[folder] = (stamp, controller)
    return controller


def load_all(folders: Sequence[Path]) -> Mapping[str, Controller]:
    """Load every company in every folder of ``folders``, by slug in alphabetical order.

    Raises PolicyError with the problems of all companies; a slug given twice is one of them.
    """
    expected = "a folder that holds company folders"
    problems = [Problem(str(folder), 1, "", "no such folder", expected) for folder in folders if not folder.is_dir()]
    found: dict[str, Controller] = {}
    for home in homes(folders):
        try:
            controller = load_controller(home)
        except PolicyError as error:
            problems += error.problems
            continue
        if controller.slug in found:
            first = found[controller.slug].folder
            found_twice = f"{controller.slug} a second time (first in {first})"
            problems.append(Problem(str(home / "policy.yaml"), 1, "slug", found_twice, "every slug once"))
        found.setdefault(controller.slug, controller)
    if problems:
        raise PolicyError(problems)
    return MappingProxyType(dict(sorted(found.items())))


def homes(folders: Sequence[Path]) -> list[Path]:
    """Every company folder in ``folders``: those that hold a policy.yaml. A missing folder holds none."""
    given = [folder for folder in dict.fromkeys(folder.resolve() for folder in folders) if folder.is_dir()]
    return [home for folder in given for home in sorted(folder.iterdir()) if (home / "policy.yaml").is_file()]


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]


def _stamp(folder: Path) -> _Stamp:
    """Path, time of change in ns and bytes of every file, sorted. Asked for at each use of a company: hence scandir."""
    return tuple(sorted(_stamped(str(folder))))


def _stamped(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # whoever reads the files says what is wrong
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _stamped(entry.path)
        elif entry.is_file() and not entry.name.startswith("."):
            yield entry.path, entry.stat().st_mtime_ns, entry.stat().st_size


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in _files(folder):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _texts(folder: Path) -> dict[str, str]:
    """Every text file of the folder, by path; a picture that is no text is left to its digest."""
    kept = (path for path in _files(folder) if path.suffix in {".yaml", ".yml", ".html", ".txt", ".svg", ".css"})
    return {path.relative_to(folder).as_posix(): decode(path) for path in kept}


def _load(folder: Path) -> Controller:
    problems: list[Problem] = []
    marks: dict[str, Marked] = {}
    policy = _part(folder, "policy.yaml", ControllerPolicy, problems, marks)
    source_map = _part(folder, "sources.yaml", SourceMap, problems, marks) or SourceMap()
    brand = _part(folder, "brand/brand.yaml", Brand, problems, marks)
    datasets = _datasets(folder, problems, marks)
    if policy and policy.slug != folder.name:
        problems.append(Problem(str(folder / "policy.yaml"), marks["policy.yaml"].line(["slug"]), "slug", policy.slug,
                                f"{folder.name}, the name of its folder"))
    if brand and not (folder / "brand" / brand.logo).is_file():
        marked = marks["brand/brand.yaml"]
        problems.append(Problem(marked.file, marked.line(["logo"]), "logo", brand.logo, "a file in the same folder"))
    if problems or not policy:
        raise PolicyError(problems)
    return Controller(policy.slug, folder, policy, MappingProxyType(datasets), MappingProxyType(source_map.sources),
                      brand, _digest(folder), MappingProxyType(marks), MappingProxyType(_texts(folder)))


def _part(
    folder: Path, name: str, model: type[Model], problems: list[Problem], marks: dict[str, Marked]
) -> Model | None:
    """One file of the folder. Only policy.yaml must be there."""
    path = folder / name
    if not path.is_file() and name != "policy.yaml":
        return None
    try:
        value, marks[name] = read_model(path, model)
    except PolicyError as error:
        problems += error.problems
        return None
    return value


def _datasets(folder: Path, problems: list[Problem], marks: dict[str, Marked]) -> dict[str, Dataset]:
    """All fideslang datasets, by fides_key: files with ``dataset: [ … ]``, as Fides writes them."""
    found: dict[str, Dataset] = {}
    for path in sorted((folder / "datasets").glob("*.y*ml")):
        try:
            marked = marks[f"datasets/{path.name}"] = read(path)
            for place, data in enumerate(_entries(marked)):
                dataset = validate(marked, Dataset, data=data, prefix=("dataset", place))
                if dataset.fides_key in found:
                    line = marked.line(["dataset", place, "fides_key"])
                    raise PolicyError([Problem(str(path), line, "fides_key", f"{dataset.fides_key} a second time",
                                               "every fides_key once")])
                found[dataset.fides_key] = dataset
        except PolicyError as error:
            problems += error.problems
    return found


def _entries(marked: Marked) -> list[object]:
    listed = marked.data.get("dataset") if isinstance(marked.data, dict) else None
    if not isinstance(listed, list):
        raise PolicyError([Problem(marked.file, 1, "dataset", "no list", "a list under the key 'dataset'")])
    return listed
