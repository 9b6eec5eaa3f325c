"""The demonstration, served as its visitors start it: by the commands that ``scripts/serve`` runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a founded demonstration."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")}
    environment = inherited | {
        "CATALOG_DATA_DIR": str(tmp_path_factory.mktemp("demo")), "CATALOG_PORT": free_port(), "CATALOG_LANGUAGE": "en",
    }  # fmt: skip
    done = catalog(environment, "init", "--demo")
    assert done.returncode == 0, done.stderr
    return environment


def catalog(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "catalog.cli", *words]
    return subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    command = [sys.executable, "-m", "catalog.cli", "serve"]
    log = Path(environment["CATALOG_DATA_DIR"]) / "serve.log"
    with log.open("w") as said:
        process = subprocess.Popen(command, env=dict(environment), stderr=said)
    address = f"http://127.0.0.1:{environment['CATALOG_PORT']}"
    try:
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield address, log
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


@pytest.fixture(scope="module")
def served(place: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    with serving(place) as found:
        yield found


def test_it_says_where_it_is_and_who_may_sign_in(served: tuple[str, Path]) -> None:
    address, log = served
    said = log.read_text()

    assert address in said
    assert "renshe" in said
    assert "Traceback" not in said


def test_strangers_read_the_synthetic_district(served: tuple[str, Path]) -> None:
    with urllib.request.urlopen(f"{served[0]}/datasets/DS000001") as answer:
        page = answer.read().decode()

    assert "参保" in page


@pytest.mark.usefixtures("served")
def test_a_second_process_on_the_same_file_is_refused(place: Mapping[str, str]) -> None:
    second = catalog(dict(place) | {"CATALOG_PORT": free_port()}, "serve")

    assert second.returncode != 0
    assert "Another process serves" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"CATALOG_HOST": "0.0.0.0"}, "on this machine only"), ({"CATALOG_WORKERS": "2"}, "PostgreSQL")],
    ids=["not on loopback", "several processes"],
)
def test_what_can_not_be_served_is_refused_with_the_reason(
    place: Mapping[str, str], settings: dict[str, str], words: str
) -> None:
    done = catalog(dict(place) | settings, "serve")

    assert done.returncode != 0
    assert words in done.stderr


def test_a_register_that_is_not_there_is_explained(tmp_path: Path, place: Mapping[str, str]) -> None:
    done = catalog(dict(place) | {"CATALOG_DATA_DIR": str(tmp_path)}, "serve")

    assert done.returncode == 5
    assert "catalog init" in done.stderr
