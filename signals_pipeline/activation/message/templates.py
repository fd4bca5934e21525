"""The static drafter: one YAML file per signal type in `config/templates`, values filled in, never read as a template.

contact + signal → first opening whose facts are known → escaped values → `Draft`.
Does not belong here: whether the result may be sent (`quality.py`).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from signals_pipeline.activation.message.shapes import TEXTS, Contact, Draft, Signal
from signals_pipeline.activation.message.spoken import harmless, spoken_company, spoken_first_name
from signals_pipeline.errors import Permanent
from signals_pipeline.rules.profile import Product
from signals_pipeline.settings import REPOSITORY

FOLDER = REPOSITORY / "config" / "templates"
_SLOT = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Opening(_Strict):
    """One way to say why now; taken when every fact in `needs` is known."""

    needs: list[str] = []
    text: str


class Template(_Strict):
    """A file. `angle` says to the reader of the file what the message is for."""

    angle: str
    greeting: str = "{{ first_name }}"
    openings: list[Opening]
    call_to_action: str


class Common(_Strict):
    banned: list[str]
    max_length: dict[str, int]


@cache
def common(folder: Path = FOLDER) -> Common:
    """The rules that all templates share. Raises Permanent when they do not fit."""
    rules: Common = _read(folder / "_common.yml", Common)
    if set(rules.max_length) != set(TEXTS):
        raise Permanent(f"{folder / '_common.yml'}: max_length must name exactly {', '.join(TEXTS)}")
    return rules


@cache
def template_of(signal_type: str, folder: Path = FOLDER) -> tuple[str, Template]:
    """(name, template) of a signal type, `default` when it has none of its own. Raises Permanent for a malformed file."""
    name = signal_type if (folder / f"{signal_type}.yml").exists() else "default"
    return name, _read(folder / f"{name}.yml", Template)


def _read(path: Path, model: Any) -> Any:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise Permanent(f"no template {path}") from None
    except (ValidationError, yaml.YAMLError) as bad:
        raise Permanent(f"{path}: {bad}") from None


def filled(text: str, values: dict[str, str], place: str) -> str:
    """`{{ name }}` replaced in one pass: what a value contains is never looked at again. Raises Permanent for an unknown name."""
    for name in _SLOT.findall(text):
        if name not in values:
            raise Permanent(f"{place}: no value {name}; known: {', '.join(sorted(values))}")
    return _SLOT.sub(lambda m: values[m.group(1)], text)


@dataclass
class StaticDrafter:
    """Templates for the profile's product."""

    product: Product
    folder: Path = field(default=FOLDER)

    def draft(self, contact: Contact, signal: Signal) -> Draft:
        """Raises Permanent when a template asks for a value that does not exist. Empty values give texts that the gate refuses."""
        name, template = template_of(signal.signal_type, self.folder)
        company = spoken_company(contact.company_name)
        facts = {k: harmless(v) for k, v in signal.facts.items() if harmless(v)}
        opening = next((o for o in template.openings if all(n in facts for n in o.needs)), None)
        if opening is None:
            raise Permanent(f"templates/{name}.yml: the last opening must need no fact")
        values = {
            "first_name": spoken_first_name(contact.first_name) or "there",
            "company": company,
            "product": self.product.name,
            "one_line": self.product.one_line,
            "title": harmless(contact.title, 60),
            **{n: facts[n] for n in opening.needs},
        }
        escaped = {k: html.escape(v, quote=False) for k, v in values.items()}
        place = f"templates/{name}.yml"
        return Draft(
            greeting=filled(template.greeting, values, place).strip(),
            spoken_company_name=company,
            opening=filled(opening.text, escaped, place).strip(),
            call_to_action=filled(template.call_to_action, escaped, place).strip(),
            evidence=signal.evidence,
            template=name,
        )
