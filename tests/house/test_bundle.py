"""The archive for servers without a network: it installs with the network closed, and what it installs serves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from catalog import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


def bundle(processor: str, folder: Path) -> Path:
    """The archive, unpacked; fails with what pip said where the package index can't be reached."""
    made = subprocess.run(
        [sys.executable, "-m", "bundling.main", processor, "--to", str(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    name = f"cdo-catalog-{__version__}-{processor}"
    with tarfile.open(folder / f"{name}.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return folder / name


def offline(
    *words: str | Path, more: Mapping[str, str] | None = None, said: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command without any network: in an empty network namespace, or with every proxy leading nowhere."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CATALOG_", "PIP_"))
    }
    environment |= {"CATALOG_LANGUAGE": "en", "PIP_CONFIG_FILE": os.devnull} | dict(more or {})
    command = [str(word) for word in words]
    closed = shutil.which("unshare")
    if closed and subprocess.run([closed, "-n", "true"], capture_output=True, check=False).returncode == 0:
        command = [closed, "-n", *command]
    else:
        nowhere = "http://127.0.0.1:9"
        environment |= {"http_proxy": nowhere, "https_proxy": nowhere, "all_proxy": nowhere}
    return subprocess.run(command, env=environment, input=said, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle(
        "x86_64" if os.uname().machine == "x86_64" else "aarch64", tmp_path_factory.mktemp("bundle")
    )


@pytest.fixture(scope="module")
def target(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server") / "catalog"
    done = offline(unpacked / "install", folder, more={"PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    return folder


def test_what_it_installs_serves_pages_standards_and_records(target: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"CATALOG_DATA_DIR": str(tmp_path), "CATALOG_PORT": str(port)}
    init = offline(
        target / "bin" / "catalog", "init", "--admin", "root1", "--password-stdin", more=environment, said="Right-horse-1\n"
    )  # fmt: skip
    assert init.returncode == 0, init.stderr

    serving = subprocess.Popen(
        [target / "bin" / "catalog", "serve"],
        env=os.environ | environment,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        answers = [
            _get(port, path) for path in ("/", "/data-elements/DE00001", "/api/v1/data-elements/DE00001")
        ]
        schema = json.loads(_get(port, "/api/v1/standards/data-element?profile=recorded"))
    finally:
        serving.send_signal(signal.SIGINT)
        serving.wait(20)

    assert "公民身份号码" in answers[1]
    assert json.loads(answers[2])["identifier"] == "DE00001"
    assert schema["additionalProperties"] is False


def _get(port: int, path: str) -> str:
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_the_same_archive_upgrades(unpacked: Path, target: Path) -> None:
    done = offline(unpacked / "install", target, more={"PYTHON": sys.executable})

    assert done.returncode == 0, done.stderr
    assert "catalog upgrade" in done.stdout


def test_a_changed_wheel_is_refused_before_anything_is_installed(unpacked: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(unpacked, tmp_path / "changed")
    wheel = next((changed / "wheels").glob("typer-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")

    done = offline(changed / "install", tmp_path / "target", more={"PYTHON": sys.executable})

    assert done.returncode == 1
    assert "nothing was installed" in done.stderr
    assert not (tmp_path / "target").exists()


def test_the_archive_for_the_other_processor_holds_its_wheels(tmp_path: Path) -> None:
    other = "aarch64" if os.uname().machine == "x86_64" else "x86_64"

    wheels = [path.name for path in (bundle(other, tmp_path) / "wheels").iterdir()]

    assert len(wheels) > 50
    assert all(name.endswith(("any.whl", f"{other}.whl")) for name in wheels)
