"""What ``synthgen verify`` found, for people and as plain values."""

from __future__ import annotations

from typing import Any

from synthgen.run.verify import Report


def verification_text(report: Report) -> str:
    """Return one line for each fault, then what was looked at and how fast."""
    lines = [f"{report.folder}/{fault}" for fault in report.found]
    if report.faults.count > len(lines):
        lines.append(f"... and {report.faults.count - len(lines):,} more faults")
    lines += [f"note: {note}" for note in report.notes]
    pictures, seconds = report.scenes + report.words, max(report.seconds, 1e-9)
    faults = "no fault" if report.sound else f"{report.faults.count:,} fault{'s' * (report.faults.count != 1)}"
    lines.append(
        f"{report.folder}: {faults} in {report.samples:,} samples ({report.scenes:,} pages, {report.words:,} words, "
        f"{report.size_bytes / 1e6:,.1f} MB), {report.compared:,} made again; {report.seconds:.1f} s, "
        f"{pictures / seconds:,.0f} pictures/s, {report.size_bytes / seconds / 1e6:,.1f} MB/s"
    )
    return "\n".join(lines)


def verification_mapping(report: Report) -> dict[str, Any]:
    """Return the same for ``--json``."""
    return {
        "folder": str(report.folder),
        "sound": report.sound,
        "fault_count": report.faults.count,
        "faults": [{"where": one.where, "rule": one.rule, "remedy": one.remedy} for one in report.found],
        "notes": report.notes,
        "samples": report.samples,
        "pages": report.scenes,
        "words": report.words,
        "size_bytes": report.size_bytes,
        "made_again": report.compared,
        "seconds": round(report.seconds, 3),
    }
