"""Workbooks: how fast records leave as XLSX, and how a dry run of one compares with merely reading it."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

from catalog.base.settings import Settings
from catalog.exchange.xlsx import Written, write_book
from catalog.identity.actors import CONSOLE
from catalog.registry import bulk, founding
from catalog.runtime import open_runtime

ROWS = 50_000


def figures(wanted: Any) -> Iterator[dict[str, Any]]:
    """``workbook_export`` and ``workbook_dry_run`` over 50,000 information systems."""
    begin = time.perf_counter()
    data = write_book("system", (Written(_system(number)) for number in range(ROWS)))
    seconds = time.perf_counter() - begin
    if wanted("workbook_export"):
        yield {
            "name": "workbook_export",
            "value": round(ROWS / seconds),
            "unit": "rows/s",
            "rows": ROWS,
            "bytes": len(data),
        }
    if wanted("workbook_dry_run"):
        yield _dry_run(data)


def _system(number: int) -> dict[str, Any]:
    return {
        "name": f"{number} 号业务系统", "short_name": f"系统{number}", "category": "business", "department": "DP0008",
        "summary": "受理、审核、办结与归档，数据每日交换。", "vendor": "某某软件有限公司", "level": "4",
        "protection_grade": "2", "protection_record_number": f"44010001-26{number:05d}", "network": "government_extranet", "operator": "区政务服务和数据管理局",
        "aliases": [f"别名{number}", "旧系统"], "in_service_on": "2021-03-01", "contact_post": "信息科",
        "project": {"name": f"{number} 号项目", "year": 2020},
    }  # fmt: skip


def _dry_run(data: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(data)
        code = f"from benches import workbooks; workbooks.measure({str(path)!r})"
        done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    reading, dry, memory, read, created = done.stdout.split()
    assert int(read) == int(created) == ROWS, done.stdout
    return {
        "name": "workbook_dry_run", "value": round(float(dry) / float(reading), 2), "unit": "× calamine's reading",
        "seconds": float(dry), "calamine": float(reading), "memory_mb": int(memory), "rows": ROWS,
    }  # fmt: skip


def measure(path: str) -> None:
    """In a process of its own: processor seconds of reading and of the dry run with its report, peak memory, counts."""
    data = Path(path).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/catalog.db")
        runtime = open_runtime(settings, empty=True)
        founding.found(runtime, demo=False)
        runtime.close()
        arguments: dict[str, Any] = {
            "kind": "system", "data": data, "filename": "a.xlsx", "by": CONSOLE, "dry_run": True, "status": None,
            "note": "bench", "language": "zh", "mapping": None,
        }  # fmt: skip
        begin = time.process_time()
        report = bulk.import_apart(settings, arguments)
        dry = time.process_time() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        begin = time.process_time()
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
        reading = time.process_time() - begin
    print(f"{reading:.2f} {dry:.2f} {memory} {report['read']} {report['created']}")
