"""``scripts/bundle``: every wheel for one processor, their digests, and the command that installs them.

The archive suits CPython 3.11 and glibc 2.28 or newer. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
PROCESSORS = ("x86_64", "aarch64")
GLIBC = ("2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_5")
MOMENT = 1_767_225_600  # 2026-01-01, of every file in the archive


def main() -> None:
    """Make ``dist/cdo-catalog-VERSION-PROCESSOR.tar.gz``."""
    parser = argparse.ArgumentParser(prog="scripts/bundle", description=__doc__)
    parser.add_argument("processor", nargs="?", default="x86_64", choices=PROCESSORS)
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="folder of the archive")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        wheels.mkdir()
        own = build(Path(folder) / "own")
        download(own, wheels, asked.processor)
        name = f"{'-'.join(own.name.split('-')[:2]).replace('_', '-')}-{asked.processor}"
        archive = asked.to / f"{name}.tar.gz"
        archive.write_bytes(packed(name, wheels))
    print(archive)


def build(folder: Path) -> Path:
    """The product's own wheel."""
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def download(own: Path, wheels: Path, processor: str) -> None:
    """All wheels that the product needs on a processor; a package without one ends the work and is named."""
    target = [
        "--python-version",
        "3.11",
        "--implementation",
        "cp",
        "--abi",
        "cp311",
        "--abi",
        "abi3",
        "--abi",
        "none",
    ]
    target += [word for glibc in GLIBC for word in ("--platform", f"manylinux_{glibc}_{processor}")]
    target += ["--platform", f"manylinux2014_{processor}", "--platform", "any"]
    try:
        run("-m", "pip", "download", "--quiet", "--dest", str(wheels), "--only-binary", ":all:", *target,
            "--constraint", str(ROOT / "constraints.txt"), f"{own}[postgresql]")  # fmt: skip
    except subprocess.CalledProcessError:
        sys.exit(
            f"有依赖没有适用于 {processor}（CPython 3.11、glibc 2.28）的 wheel，见上。\n"
            f"A dependency above has no wheel for {processor} (CPython 3.11, glibc 2.28)."
        )


def packed(name: str, wheels: Path) -> bytes:
    """The archive: wheels, digests, the installer and its explanation; sorted, without moments or owners."""
    files = {f"wheels/{path.name}": path.read_bytes() for path in wheels.iterdir()}
    files["requirements.txt"] = requirements(wheels).encode()
    for path in ("install", "README.zh-CN.md", "README.md"):
        files[path] = (HERE / "files" / path).read_bytes()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    out = BytesIO()
    with (
        gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mtime, entry.mode = len(data), MOMENT, 0o755 if path == "install" else 0o644
            tar.addfile(entry, BytesIO(data))
    return out.getvalue()


def requirements(wheels: Path) -> str:
    """One line for each wheel, with its digest, as ``pip --require-hashes`` reads it."""
    lines = []
    for path in sorted(wheels.iterdir()):
        package, version = path.name.split("-")[:2]
        extra = "[postgresql]" if package == "cdo_catalog" else ""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{package.replace('_', '-')}{extra}=={version} --hash=sha256:{digest}")
    return "\n".join(lines) + "\n"


def run(*words: str) -> None:
    """Run this Python; what it prints goes to standard error."""
    subprocess.run([sys.executable, *words], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
