"""A column of free text as one number: how its words (or its sense) speak for a yes, learned on earlier rows.

texts → words and pairs of words, weighed by rarity → logistic regression → word → weight (a plain table), or
texts → `encoder.py` → 384 numbers → logistic regression → 384 weights. A row's number is a sum, so its strongest words can be named.
A training row gets the number that rows before it would have given: no row sees its own label. Does not belong here: other columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
LEXICAL, ENCODER, NONE = "lexical", "encoder", "none"
LEAST_TEXTS = 5  # a word borne by fewer texts is not learned
MOST_WORDS = 20_000
MOST_TEXTS = 60_000  # to learn from; of more, evenly spread ones
BLOCKS = 5
STRENGTH = {LEXICAL: 0.3, ENCODER: 1.0}  # of the regression: the inverse of its penalty; chosen on folds of earlier rows
_WORD = re.compile(r"\w+(?:['’]\w+)?")
MOST_LENGTH = 4000  # characters of a text that are read


def words_of(text: str) -> list[str]:
    """Words and pairs of neighbours, each once, in the order of the text."""
    single = _WORD.findall(text[:MOST_LENGTH].lower())
    return list(dict.fromkeys([*single, *(f"{a} {b}" for a, b in pairwise(single))]))


def is_prose(texts: Sequence[str], counts: Array) -> bool:
    """Whether a column holds free text: `texts` are its distinct values, `counts` their rows."""
    rows = float(counts.sum())
    if not rows or len(texts) <= 50:
        return False
    step = max(1, len(texts) // 500)
    lengths = np.array([t.count(" ") + 1 for t in texts[::step]], dtype=float)
    mean = float(np.average(lengths, weights=np.asarray(counts, dtype=float)[::step]))
    return mean >= 1.8 if len(texts) > 0.5 * rows else mean >= 3.5 and len(texts) > 0.05 * rows


def fit_words(texts: Sequence[str], y: Array) -> dict[str, float]:
    """word → weight; empty when there is nothing to learn."""
    from scipy.sparse import csr_matrix

    texts, y = _spread(texts, y)
    if not 5 <= y.sum() <= len(y) - 5:
        return {}
    found = [words_of(t) for t in texts]
    seen: Counter[str] = Counter()
    for words in found:
        seen.update(words)
    kept = sorted((w for w, n in seen.items() if n >= LEAST_TEXTS), key=lambda w: (-seen[w], w))[:MOST_WORDS]
    if not kept:
        return {}
    place = {w: at for at, w in enumerate(kept)}
    rarity = np.array([1 + np.log((1 + len(texts)) / (1 + seen[w])) for w in kept])
    starts, columns, values = [0], [], []
    for words in found:
        known = [place[w] for w in words if w in place]
        columns += known
        values += [1 / np.sqrt(max(1, len(known)))] * len(known)
        starts.append(len(columns))
    data = csr_matrix((np.array(values) * rarity[columns], np.array(columns, dtype=int), starts), shape=(len(texts), len(kept)))
    weights, _ = _regress(data, y, STRENGTH[LEXICAL])
    return {w: float(np.round(weight, 6)) for w, weight in zip(kept, weights * rarity, strict=True)}


def score_words(texts: Sequence[str], table: Mapping[str, float]) -> Array:
    """One number a text: the mean pull of its known words, times the root of how many there are. 0: says nothing."""
    return np.array([sum(p for _, p in pulls) for pulls in pulls_of(texts, table)], dtype=float)


def pulls_of(texts: Sequence[str], table: Mapping[str, float]) -> Iterator[list[tuple[str, float]]]:
    """Per text its known words, each with its share of the text's number."""
    for text in texts:
        known = [(w, table[w]) for w in words_of(text) if w in table]
        yield [(w, weight / np.sqrt(len(known))) for w, weight in known]


def fit_sense(vectors: Array, y: Array) -> list[float]:
    """Weights of the encoder's numbers, the last one the constant; empty when there is nothing to learn."""
    at = np.linspace(0, len(y) - 1, min(len(y), MOST_TEXTS)).astype(int)
    vectors, y = vectors[at], y[at]
    if not 5 <= y.sum() <= len(y) - 5:
        return []
    weights, constant = _regress(vectors.astype(float), y, STRENGTH[ENCODER])
    return [float(w) for w in np.round([*weights, constant], 6)]


def score_sense(vectors: Array, weights: Sequence[float]) -> Array:
    found: Array = vectors.astype(float) @ np.asarray(weights[:-1]) + weights[-1]
    return found


def earlier(count: int, fit_and_score: Any) -> Array:
    """`fit_and_score(rows before, rows)` for each block of rows; the first block has nothing before it and says 0."""
    out = np.zeros(count)
    edges = [int(count * at / BLOCKS) for at in range(BLOCKS + 1)]
    for start, end in pairwise(edges[1:]):
        out[start:end] = fit_and_score(slice(0, start), slice(start, end))
    return out


def _regress(data: Any, y: Array, strength: float) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=strength, solver="lbfgs", max_iter=200, tol=1e-5).fit(data, y)
    return found.coef_[0], float(found.intercept_[0])


def _spread(texts: Sequence[str], y: Array) -> tuple[Sequence[str], Array]:
    if len(texts) <= MOST_TEXTS:
        return texts, y
    at = np.linspace(0, len(texts) - 1, MOST_TEXTS).astype(int)
    return [texts[i] for i in at], y[at]
