"""What users install: the wheel holds all that suggesting needs, and suggests with the checkout out of sight."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from sysconfig import get_path

import pytest
from conftest import EXAMPLE, ROOT


def run(*command: object, cwd: Path, **changed: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | changed
    ran = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=environment
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # Nothing is fetched: hatchling, which builds, is here already.
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_what_ships_and_nothing_else(wheel: Path) -> None:
    shipped = {
        "mestring_nlp/bundled/training_data/codebook.yaml",
        *(
            f"mestring_nlp/bundled/{file.relative_to(ROOT).as_posix()}"
            for file in (ROOT / "models").rglob("*")
            if file.is_file()
        ),
        *(
            file.relative_to(ROOT / "src").as_posix()
            for file in (ROOT / "src").rglob("*")
            if file.is_file() and file.suffix != ".pyc"
        ),
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == shipped


def test_an_installed_wheel_suggests(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, whose dependencies are those that are installed here."""
    place = tmp_path / "environment"
    venv.create(place, symlinks=True)
    bin_ = place / ("Scripts" if os.name == "nt" else "bin")
    install = (sys.executable, "-m", "pip", "--python", bin_ / "python", "install", "--quiet")
    run(*install, "--no-deps", "--no-index", "--disable-pip-version-check", wheel, cwd=tmp_path)
    # The folder as a path shows its packages, but not the link to the checkout that it holds.
    (packages,) = place.glob("**/site-packages")
    (packages / "dependencies.pth").write_text(f"{get_path('purelib')}\n", "utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "intervju.txt").write_bytes(EXAMPLE.read_bytes())
    where = run(
        bin_ / "python",
        "-c",
        "import mestring_nlp, sys; print(mestring_nlp.__file__, *sys.path, sep='\\n')",
        cwd=tmp_path / "empty",
    )
    assert where.startswith(str(packages)) and str(ROOT / "src") not in where.splitlines()
    every = "csv,jsonl,html,docx,xlsx,codings,qdpx"
    command = (bin_ / "mestring", "suggest", "intervju.txt", "--out", "ut", "--format", every)
    assert "Wrote ut/suggestions.csv" in run(*command, cwd=tmp_path / "empty")
    assert len(list((tmp_path / "empty" / "ut").iterdir())) == 7
    assert "Mestringstro" in run(bin_ / "mestring", "codebook", cwd=tmp_path / "empty")
