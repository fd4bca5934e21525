"""The sentence encoder: word pieces and layers as published, the same bytes whatever the neighbours."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from ml import encoder as module
from ml.encoder import HEADS, LAYERS, SIZE, Encoder, NoEncoder, encoder, is_installed

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "price", "##s", "team", "!", "cafe"]


def made(folder: Path, pieces: list[str] = PIECES, words: int | None = None) -> Path:
    """Files of an encoder with random weights of the right shapes."""
    r = np.random.default_rng(1)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words or len(pieces), SIZE), "embeddings.position_embeddings.weight": (512, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE), "embeddings.LayerNorm.weight": (SIZE,), "embeddings.LayerNorm.bias": (SIZE,),
    }  # fmt: skip
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{at}.{part}.weight": (SIZE, SIZE), f"{at}.{part}.bias": (SIZE,)}
        shapes |= {f"{at}.intermediate.dense.weight": (4 * SIZE, SIZE), f"{at}.intermediate.dense.bias": (4 * SIZE,)}
        shapes |= {f"{at}.output.dense.weight": (SIZE, 4 * SIZE), f"{at}.output.dense.bias": (SIZE,)}
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}.{part}.weight": (SIZE,), f"{at}.{part}.bias": (SIZE,)}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, shape in shapes.items():
        values = (r.normal(size=shape) * 0.05).astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(values)]}  # type: ignore[dict-item]
        data += values
    told = json.dumps(header).encode()
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(told)) + told + data)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(made(tmp_path_factory.mktemp("encoder") / "model"))


def test_words_are_cut_into_the_longest_known_pieces(small: Encoder) -> None:
    said = [PIECES[at] for at in small.pieces_of("Prices! Café  xyz TEAM")]
    assert said == ["[CLS]", "price", "##s", "!", "cafe", "[UNK]", "team", "[SEP]"]
    assert [PIECES[at] for at in small.pieces_of("")] == ["[CLS]", "[SEP]"]
    assert len(small.pieces_of("price " * 500)) == module.MOST_PIECES
    assert small.pieces_of("x" * 200)[1] == PIECES.index("[UNK]")


def test_a_text_has_one_vector_of_length_one_whatever_its_neighbours(small: Encoder, tmp_path: Path) -> None:
    texts = ["prices team", "team!", "prices prices prices", "team!", ""]
    found = small.vectors(texts)
    assert found.shape == (5, SIZE)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert np.array_equal(found[1], found[3])
    alone = Encoder(made(tmp_path / "again")).vectors(["team!"])
    np.testing.assert_allclose(alone[0], found[1], atol=1e-6)
    assert small.vectors([]).shape == (0, SIZE)
    assert SIZE % HEADS == 0


def test_what_was_met_before_is_kept_and_not_without_end(small: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    small.vectors(["team", "price", "prices"])
    assert len(small._known) == 2


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoEncoder, match="cannot be read"):
        Encoder(tmp_path)
    with pytest.raises(NoEncoder, match="do not belong together"):
        Encoder(made(tmp_path / "other", words=5))


@pytest.mark.skipif(not is_installed(), reason=f"the extra `encoder` is not installed: {module.HOW_TO_INSTALL}")
def test_the_published_vector_of_a_sentence_comes_out() -> None:
    found = encoder().vectors(["This is an example sentence", "Each sentence is converted"])
    np.testing.assert_allclose(found[0][:5], [0.0676569, 0.0634959, 0.0487131, 0.0793050, 0.0374481], atol=1e-5)
