"""Pages describe what there is: each file, link, command, option, module and seed that the README or docs/ names exists."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from signals_pipeline.cli import app
from signals_pipeline.settings import REPOSITORY

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md")), REPOSITORY / "deploy" / "README.md"]
ENDINGS = "py|sql|csv|yml|yaml|json|md|toml|lock|sh|duckdb|db|html"
MADE = (".signals/", "backtest.json", "backtest.html", "published.duckdb", "warehouse.duckdb", "ops.db", "sandbox.db", "sandbox.lock")
"""What runs make, and so no checkout holds."""
EXAMPLES = ("acme", "<file_drop>", "leads.csv", "TABLE.csv")
"""What a reader would have: a source to be added, files of theirs."""
ASSETS = (REPOSITORY / "tests" / "unit" / "orchestration" / "graph.json").read_text(encoding="utf-8")
TOP = {p.name for p in REPOSITORY.iterdir() if p.is_dir() and not p.name.startswith(".")}


def quoted(page: Path) -> Iterator[str]:
    """Code spans, and the lines of code blocks."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL):
        yield from (line.split(" # ")[0] for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def absent_paths(page: Path) -> list[str]:
    found = []
    for span in quoted(page):
        for word in re.findall(rf"[\w.<>*{{}},-]*(?:/[\w.<>*{{}},-]+)*\.(?:{ENDINGS})\b|[\w.-]+(?:/[\w.<>*{{}},-]+)+/?", span):
            head = word.split("/")[0]
            if any(known in word for known in (*MADE, *EXAMPLES)) or f'"{word}"' in ASSETS:
                continue
            if "/" in word and head not in TOP and not word.endswith((".py", ".yml", ".csv", ".sql")):
                continue  # a rate, a choice of two words, a vendor's path
            pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", word).strip("/")
            roots = [REPOSITORY / t for t in TOP]
            if not (any(REPOSITORY.glob(pattern)) or any(next(r.rglob(pattern), None) for r in roots)):
                found.append(word)
    return found


def absent_links(page: Path) -> list[str]:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]


def absent_commands(page: Path) -> list[str]:
    """`signals <command> --option …`: each word is a command of its group, each option one of that command."""
    found = []
    for span in quoted(page):
        for call in re.findall(r"(?:^|[\s/(])signals((?: +[\w./=:<>…-]+)+)", span):
            words, command = call.split(), get_command(app)
            while words and hasattr(command, "commands") and words[0] in command.commands:
                command = command.commands[words.pop(0)]
            if command is get_command(app) or (hasattr(command, "commands") and words and words[0][0] != "-"):
                if words and re.fullmatch(r"[a-z-]+", words[0]):
                    found.append(f"signals{call}")
                continue
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
            found += [f"signals{call}: {w}" for w in words if w.startswith("--") and w.split("=")[0] not in known]
    return found


def absent_verbs_and_modules(page: Path) -> list[str]:
    verbs = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    found = []
    for span in quoted(page):
        found += [f"make {v}" for v in re.findall(r"(?:^|\s)make ([a-z]+)\b", span) if v not in verbs]
        modules = re.findall(r"python(?:3\.11)? -m ([a-z_]+(?:\.[a-z_]+)*)", span)
        found += [f"python -m {m}" for m in modules if importlib.util.find_spec(m) is None]
    return found


def absent_seeds(page: Path) -> list[str]:
    names = re.findall(r"\bseeds? `([a-z_]+)`", page.read_text(encoding="utf-8"))
    return [n for n in names if not (REPOSITORY / "dbt_project" / "seeds" / f"{n}.csv").exists()]


CHECKS = (absent_paths, absent_links, absent_commands, absent_verbs_and_modules, absent_seeds)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPOSITORY)))
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_a_page_names_nothing_that_does_not_exist(page: Path, check) -> None:  # type: ignore[no-untyped-def]
    assert check(page) == []


BAD = {
    absent_paths: "`signals_pipeline/nowhere.py` and `gone.sql`, though `io/lake.py` and `docs/` stand",
    absent_links: "[gone](nowhere.md)",
    absent_commands: "```sh\n.venv/bin/signals rnu --json\n```\n`signals run --nonsense`, and `signals sandbox advance --days 1` is one",
    absent_verbs_and_modules: "`make nothing` and `python -m signals_pipeline.nothing`, though `make run` is one",
    absent_seeds: "seed `nothing`, though seed `personas` is one",
}


@pytest.mark.parametrize(("check", "count"), zip(CHECKS, (2, 1, 2, 2, 1), strict=True), ids=lambda x: getattr(x, "__name__", str(x)))
def test_what_does_not_exist_is_found(check, count: int, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "page.md"
    page.write_text(BAD[check], encoding="utf-8")
    assert len(check(page)) == count
