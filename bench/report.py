"""Tables and the page with the bars, out of the rows that bench/run made."""

import html as escape

ROW = "%-26s %14s %14s %7s  %-7s %8s  %s"


def figure(value):
    if value is None:
        return "-"
    return "%.1f" % value if value < 100 else "{:,.0f}".format(value)


def share(value):
    if value is None:
        return "-"
    return "%.4f" % value if value < 0.1 else "%.3f" % value


def short(version):
    """Which Linux: "6.1" or "6.12"."""
    return ".".join(version.split()[-1].split(".")[:2]) if version else "-"


def outcome(row):
    return row.get("error") or figure(row["quire"])


def over_floor(row):
    """How many times the floor Quire needs."""
    if not row.get("floor") or not row["quire"]:
        return "-"
    return "%.1f" % (row["quire"] / row["floor"])


def text(rows, what, mean):
    lines = [ROW % ("case (%s)" % what, "Quire", "Linux", "ratio", "against",
                    "x floor", "per")]
    for r in rows:
        lines.append(ROW % (r["case"], outcome(r)[:14], figure(r["linux"]),
                            share(r["ratio"]), short(r["version"]), over_floor(r),
                            r["unit"]))
    missing = sum(1 for r in rows if r["quire"] is None)
    lines.append("%-26s %14s %14s %7s" % (
        "geometric mean", "%d rows" % sum(1 for r in rows if r["ratio"]),
        "%d missing" % missing if missing else "", share(mean)))
    return "\n".join(lines)


def markdown(rows, mean, floors=True):
    head = ["case", "per", "Quire", "Linux", "of", "ratio"]
    head += ["floor", "Quire / floor", "the floor is"] if floors else []
    lines = ["| " + " | ".join(head) + " |",
             "|---|---|--:|--:|---|--:|" + ("--:|--:|---|" if floors else "")]
    for r in rows:
        cells = [r["case"], r["unit"], outcome(r), figure(r["linux"]),
                 short(r["version"]), share(r["ratio"])]
        if floors:
            cells += [figure(r.get("floor")), over_floor(r), r.get("floor_is", "")]
        lines.append("| " + " | ".join(cells) + " |")
    last = ["geometric mean", "", "", "", "", share(mean)] + [""] * (3 if floors else 0)
    return "\n".join(lines + ["| " + " | ".join(last) + " |"])


# ---- the page ----------------------------------------------------------------

STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em;
       color: #222; background: #fff }
table { border-collapse: collapse; width: 100% }
td, th { padding: 1px 8px; text-align: right; white-space: nowrap }
td:first-child, th:first-child { text-align: left }
tr:hover { background: #f2f4f8 }
.bar { width: 40%; text-align: left }
.bar div { height: 7px; margin: 1px 0; min-width: 1px }
.q { background: #2a6fdb } .q.slow { background: #d9480f } .l { background: #b9c0cb }
.f { color: #888 } .bad { color: #d9480f }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #16181d } tr:hover { background: #22262e }
  .l { background: #5a6270 } }
"""


def bars(row):
    """Both bars on one scale; the longer one fills the cell."""
    if not row["quire"] or not row["linux"]:
        return ""
    most = max(row["quire"], row["linux"])
    slow = " slow" if row["quire"] > row["linux"] else ""
    return ('<div class="q%s" style="width:%.2f%%"></div>'
            '<div class="l" style="width:%.2f%%"></div>'
            % (slow, 100 * row["quire"] / most, 100 * row["linux"] / most))


def trend(values, width=90, height=18):
    """A line through @values, oldest left; empty with fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = " ".join("%.1f,%.1f" % (2 + i * (width - 4) / (len(values) - 1),
                                     2 + (high - v) * (height - 4) / span)
                      for i, v in enumerate(values))
    return ('<svg width="%d" height="%d"><title>%s to %s</title><polyline points="%s"'
            ' fill="none" stroke="#2a6fdb" stroke-width="1.5"/></svg>'
            % (width, height, figure(values[0]), figure(values[-1]), points))


def series(history, kind, pick):
    values = [pick(h) for h in history if h["kind"] == kind]
    return [v for v in values if v]


def page_row(row, history, kind):
    ours = escape.escape(outcome(row))
    values = series(history, kind, lambda h: h["figures"].get(row["case"]))
    return ("<tr><td>%s</td><td class=f>%s</td><td%s>%s</td><td>%s</td><td>%s</td>"
            "<td class=f>%s</td><td class=f>%s</td><td class=bar>%s</td><td>%s</td></tr>"
            % (row["case"], row["unit"], " class=bad" if row.get("error") else "", ours,
               figure(row["linux"]), share(row["ratio"]), short(row["version"]),
               figure(row.get("floor")), bars(row), trend(values)))


TITLES = {
    "instructions": "Instructions, one CPU",
    "wall": "Nanoseconds at wall-clock speed, two CPUs (medians)",
}


def section(kind, table, history):
    head = ("<tr><th>case<th>per<th>Quire<th>Linux<th>ratio<th>of<th>floor"
            "<th class=bar>Quire above Linux<th>trend</tr>")
    rows = "\n".join(page_row(r, history, kind) for r in table["rows"])
    means = series(history, kind, lambda h: h.get("geometric_mean"))
    return ("<h2>%s</h2><p>Geometric mean of the ratios <b>%s</b> %s &middot; "
            "commit %s%s, %s UTC</p><table>%s\n%s</table>"
            % (TITLES[kind], share(table["geometric_mean"]), trend(means),
               escape.escape(table["commit"]), " and changes" if table["changed"] else "",
               table["time"], head, rows))


def html(results, history):
    parts = [section(kind, results[kind], history)
             for kind in TITLES if kind in results]
    return ("<!doctype html><html lang=en><meta charset=utf-8><title>Quire and Linux"
            "</title><style>%s</style><h1>Quire and Linux, case by case</h1>"
            "<p>The same static program on both kernels. Ratio Quire / Linux: below 1"
            " Quire is cheaper. Linux is the cheaper of the versions measured; the"
            " floor is what the hardware demands at least.</p>%s</html>\n"
            % (STYLE, "".join(parts)))
