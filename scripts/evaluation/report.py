"""What is printed, and results.json."""
import json


def rows(results):
    """(kind, group, measure, value) of all plain numbers."""
    for kind, measures in results.items():
        for group, of_group in {"": measures, **measures.get("by_group", {})}.items():
            for name, value in of_group.items():
                if not isinstance(value, dict):
                    yield kind, group, name, value


def shown(value):
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def table(results):
    lines = [("task", "group", "measure", "value")]
    lines += [(kind, group, name, shown(value)) for kind, group, name, value in rows(results)]
    if not any(group for _, group, _, _ in lines[1:]):
        lines = [(kind, name, value) for kind, _, name, value in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def failed_note(failures, most=5):
    lines = [f"{sum(failures.values())} questions failed and count as wrong:"]
    lines += [f"  {number} x {error}" for error, number in list(failures.items())[:most]]
    if len(failures) > most:
        lines.append(f"  ... and {len(failures) - most} other errors: results.json has them all")
    return "\n".join(lines)


def write(path, settings, results, failures):
    """The same answers write the same file."""
    text = json.dumps({**settings, "results": results, "failures": failures}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
