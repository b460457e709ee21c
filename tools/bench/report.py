"""Tables, JSON and plots of what was measured."""
import json
from pathlib import Path


class Row:
    """One measurement: seconds of mlc, of the limit, and of every peer."""

    def __init__(self, name, seconds, limit=None, limit_name="", peers=None):
        self.name, self.seconds, self.limit, self.limit_name = name, seconds, limit, limit_name
        self.peers = dict(peers or {})

    def share(self):
        return self.limit / self.seconds if self.limit else None

    def ratio(self):
        """How many times faster than the best peer."""
        return min(self.peers.values()) / self.seconds if self.peers else None

    def data(self):
        return {"name": self.name, "seconds": self.seconds, "limit_seconds": self.limit, "limit": self.limit_name,
                "share_of_limit": self.share(), "peers": self.peers, "times_best_peer": self.ratio()}


def show_time(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1 or unit == "us":
            return f"{seconds * factor:.3g} {unit}"


def show(title, rows):
    """Prints a section as a Markdown table; texts among the rows are remarks below it."""
    measured = [row for row in rows if isinstance(row, Row)]
    print(f"\n### {title}\n")
    if measured:
        print("| | mlc | share of the limit | against the best peer | peers |\n|---|---|---|---|---|")
    for row in measured:
        share = f"{100 * row.share():.0f} % ({row.limit_name})" if row.limit else ""
        ratio = f"{row.ratio():.2f}x" if row.peers else ""
        peers = ", ".join(f"{name} {show_time(seconds)}" for name, seconds in row.peers.items())
        print(f"| {row.name} | {show_time(row.seconds)} | {share} | {ratio} | {peers} |")
    for remark in rows:
        if isinstance(remark, str):
            print(f"\n{remark}")


def data(rows):
    return {"rows": [row.data() for row in rows if isinstance(row, Row)],
            "remarks": [row for row in rows if isinstance(row, str)]}


def write_json(path, everything):
    Path(path).write_text(json.dumps(everything, indent=2) + "\n")


# The names of peers in figures, and their colours; a kind of a peer has that of the peer.
NAMES = {"torch": "PyTorch", "torch-compile": "PyTorch compile", "jax": "JAX", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
COLORS = {"mlc": "#cc3311", "torch": "#ee9966", "torch-compile": "#ddaa33", "jax": "#4477aa", "onnxruntime": "#228833",
          "openvino": "#aa4499", "OpenBLAS": "#ee9966", "oneDNN sgemm": "#4477aa", "oneDNN matmul": "#66ccee", "oneDNN": "#4477aa"}


def plot_speeds(axes, rows):
    """A line for every row: the speed of every library over the best peer's, on a scale of ratios."""
    seen = {}
    for place, row in enumerate(rows):
        best = min(row["peers"].values())
        for name, seconds in [*row["peers"].items(), ("mlc", row["seconds"])]:
            mine = name == "mlc"
            seen[name] = axes.scatter(best / seconds, place, s=55 if mine else 28, zorder=3 if mine else 2, marker="D" if mine else "o",
                                      color=COLORS.get(name) or COLORS.get(name.split()[0], "#bbbbbb"))
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.8, zorder=1)
    low, high = axes.get_xlim()
    ticks = [tick for tick in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}x" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("speed; 1x is the best of the others")
    order = sorted(seen, key=lambda name: (name != "mlc", name))
    axes.legend([seen[name] for name in order], [NAMES.get(name, name) for name in order], fontsize=7, loc="lower center",
                bbox_to_anchor=(0.4, 1), ncols=len(seen), frameon=False)


def plot_shares(axes, rows):
    axes.barh(range(len(rows)), [100 * row["share_of_limit"] for row in rows], color=COLORS["mlc"], height=0.6)
    axes.axvline(100, color="black", linewidth=0.8)
    limits = dict.fromkeys(row["limit"] for row in rows)
    axes.set_xlabel("% of the limit: " + ", ".join(limits))


def plot(folder, everything):
    """A figure by section and question: how fast beside the others, and how near the limit of the machine."""
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    # Text stays text, and equal figures are equal files.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "mlc", "font.family": "sans-serif", "font.size": 8})
    Path(folder).mkdir(parents=True, exist_ok=True)
    for section, content in everything["sections"].items():
        for key, part, draw in (("times_best_peer", "speed", plot_speeds), ("share_of_limit", "limit", plot_shares)):
            rows = [row for row in content["rows"] if row[key]]
            if not rows:
                continue
            figure, axes = plt.subplots(figsize=(7, 0.22 * len(rows) + 0.9))
            draw(axes, rows)
            axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.grid(axis="both", color="#dddddd", linewidth=0.5)
            axes.set_axisbelow(True)
            for side in ("top", "right", "left"):
                axes.spines[side].set_visible(False)
            figure.tight_layout()
            # A legend may be wider than the axes.
            name = f"{section.replace(',', '').replace(' ', '-')}-{part}.svg"
            figure.savefig(Path(folder) / name, metadata={"Date": None}, bbox_inches="tight")
            plt.close(figure)
