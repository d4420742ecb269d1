"""Every deliberately broken variant still finds the code it breaks; `python -m chaos.mutants` runs their proofs."""

from pathlib import Path

import pytest

from chaos.mutants import BROKEN_RULES, MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", [*MUTANTS, *BROKEN_RULES], ids=lambda mutant: mutant.id)
def test_its_edits_fit_the_code(mutant: Mutant) -> None:
    for edit in mutant.edits:
        assert (Path(ROOT) / "backend" / edit.file).read_text().count(edit.old) == 1, edit.file
