"""Reads the playbook files. Every fault is told as file:line: field: reason, so that an editor can mend it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.domain.entry import LANGS, MIN_EXAMPLES, Entry, Kind, Lang
from bot.domain.kinds import KINDS, kind_of
from bot.domain.marked import ZONE, MarkedNote, marked_note
from bot.domain.playbook import Playbook, RedLine, Source
from bot.errors import PlaybookFileError

Model = TypeVar("Model", bound=BaseModel)

LAST: Final = ("evidence", "never", "follow_up", "related", "sources", "examples")
"""The fields that end a file; before them stands what its kind is about."""

_UNTRANSLATED: Final = "is missing — every text needs both languages"


Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files say what; made while reading them."""

    files: Mapping[str, tuple[Path, yaml.Node]]

    def of(self, entry_id: str, location: Location) -> tuple[Path, int]:
        """The file of an entry and the line of what is said there."""
        path, node = self.files[entry_id]
        return path, _line(node, location)


def load(folder: Path) -> Playbook:
    """Raises PlaybookFileError with every fault of every file, not just the first."""
    return load_with_places(folder)[0]


def load_with_places(folder: Path) -> tuple[Playbook, Places]:
    """As `load`; the places are for those who have more to say about the texts."""
    faults: list[str] = []
    sources = {source.id: source for source in _items(folder / "sources.yml", Source, faults)}
    red_lines = {line.id: line for line in _items(folder / "red-lines.yml", RedLine, faults)}
    entries: dict[str, Entry] = {}
    lines: dict[str, tuple[Path, yaml.Node]] = {}
    for kind, model in KINDS.items():
        for path in sorted((folder / kind.folder).glob("**/*.yml")):
            if (node := _compose(path, faults)) is None or (entry := _validated(path, node, model, faults)) is None:
                continue
            group = path.parent.name if kind is Kind.OBJECTION else str(kind)
            if entry.id != f"{group}/{path.stem}":
                faults.append(f"{_at(path, node, ('id',))}: id: {entry.id} does not match the file's place")
                continue
            faults += _too_few_examples(entry, path, node)
            entries[entry.id], lines[entry.id] = entry, (path, node)
    for entry in entries.values():
        faults += _dangling(entry, *lines[entry.id], set(entries), set(red_lines), set(sources))
    if not any(entry.KIND is Kind.OBJECTION for entry in entries.values()) and not faults:
        faults.append(f"{folder}: holds no objections")
    if faults:
        raise PlaybookFileError(faults)
    return Playbook(entries=entries, red_lines=red_lines, sources=sources), Places(lines)


def place_of(entry_id: str) -> Path:
    """Where an entry's file lies below the folder of playbooks."""
    kind, (prefix, name) = kind_of(entry_id), entry_id.split("/")
    group = Path(kind.folder, prefix) if kind is Kind.OBJECTION else Path(kind.folder)
    return group / f"{name}.yml"


def written(entry: Entry) -> str:
    """The entry's file, its fields in the order of those that ship; fields that hold nothing are left out."""
    dumped = entry.model_dump(mode="json", exclude_none=True)
    values = {name: _item(value) for name, value in dumped.items() if value != []}
    values["verified_on"] = entry.verified_on
    ordered = dict(sorted(values.items(), key=lambda pair: pair[0] in LAST and LAST.index(pair[0]) + 1))
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=110)


def _item(value: Any) -> Any:
    """What an item carries stands before its words, and what it does not carry is left out."""
    if isinstance(value, list):
        return [_item(each) for each in value]
    if not isinstance(value, dict):
        return value
    held = {name: _item(each) for name, each in value.items() if each != [] or name in LANGS}
    return dict(sorted(held.items(), key=lambda pair: pair[0] in LANGS))


def out_of_scope(folder: Path) -> dict[Lang, tuple[str, ...]]:
    """What people ask that is no objection; teaches the matcher what to leave unanswered."""
    faults: list[str] = []
    path = folder / "out-of-scope.yml"
    node = _compose(path, faults)
    lines = _value(node) if node is not None else {}
    if not isinstance(lines, dict) or not all(isinstance(lines.get(lang), list) for lang in ("zh", "en")):
        faults.append(f"{path}:1: must have the lists zh and en")
    if faults:
        raise PlaybookFileError(faults)
    return {"zh": tuple(map(str, lines["zh"])), "en": tuple(map(str, lines["en"]))}


def marked_notes(folder: Path) -> tuple[MarkedNote, ...]:
    """Of promises.yml: what teaches the reader of notes which words are a promise."""
    faults: list[str] = []
    path = folder / "promises.yml"
    if (node := _compose(path, faults)) is None:
        raise PlaybookFileError(faults)
    groups = _value(node)
    found: list[MarkedNote] = []
    for group, items in groups.items() if isinstance(groups, dict) else ():
        for index, item in enumerate(items if isinstance(items, list) else ()):
            try:
                found.append(_marked_note(str(group), item))
            except (KeyError, TypeError, ValueError) as error:
                faults.append(f"{path}:{_line(node, (group, index))}: {group}.{index}: {error}")
    if not found and not faults:
        faults.append(f"{path}:1: must have groups of marked notes")
    if faults:
        raise PlaybookFileError(faults)
    return tuple(found)


def _marked_note(group: str, item: Any) -> MarkedNote:
    if isinstance(item, str):
        return marked_note(group, item)
    return marked_note(group, item["note"], datetime.fromisoformat(str(item["written"])).replace(tzinfo=ZONE))


def _too_few_examples(entry: Entry, path: Path, node: yaml.Node) -> Iterator[str]:
    for lang, least in MIN_EXAMPLES[entry.KIND].items():
        if (count := len(entry.examples.in_(lang))) < least:
            at = _at(path, node, ("examples", lang))
            yield f"{at}: examples.{lang}: needs at least {least} examples, has {count}"


def _dangling(
    entry: Entry, path: Path, node: yaml.Node, entries: set[str], red_lines: set[str], sources: set[str]
) -> Iterator[str]:
    """References to things that do not exist."""
    for index, related in enumerate(entry.related):
        if related not in entries or related == entry.id:
            yield f"{_at(path, node, ('related', index))}: related.{index}: no other entry is called {related}"
    for index, never in enumerate(entry.never):
        if never.rule not in red_lines:
            yield f"{_at(path, node, ('never', index))}: never.{index}.rule: no red line is called {never.rule}"
    for index, source in enumerate(entry.sources):
        if source not in sources:
            yield f"{_at(path, node, ('sources', index))}: sources.{index}: sources.yml has no {source}"


def _items(path: Path, model: type[Model], faults: list[str]) -> Iterator[Model]:
    node = _compose(path, faults)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if (valid := _validated(path, item, model, faults)) is not None:
                yield valid
    elif node is not None:
        faults.append(f"{path}:1: must be a list")


def _compose(path: Path, faults: list[str]) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        faults.append(f"{path}: cannot be read: {error.strerror}")
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "is not YAML"
        faults.append(f"{path}:{mark.line + 1 if mark else 1}: {reason}")
        return None
    if node is None:
        faults.append(f"{path}:1: is empty")
    return node


def _validated(path: Path, node: yaml.Node, model: type[Model], faults: list[str]) -> Model | None:
    try:
        return model.model_validate(_value(node), extra="forbid")  # in a file it is a typing error
    except ValidationError as error:
        for fault in error.errors():
            field = ".".join(str(part) for part in fault["loc"]) or "entry"
            is_untranslated = fault["type"] == "missing" and fault["loc"][-1] in LANGS
            told = _UNTRANSLATED if is_untranslated else fault["msg"]
            faults.append(f"{_at(path, node, fault['loc'])}: {field}: {told}")
        return None


def _value(node: yaml.Node) -> Any:
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_document(node)


def _at(path: Path, node: yaml.Node, location: Location) -> str:
    return f"{path}:{_line(node, location)}"


def _line(node: yaml.Node, location: Location) -> int:
    """That of the deepest node on the way to `location`."""
    for part in location:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            child = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1
