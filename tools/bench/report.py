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


def plot(folder, everything):
    """A bar chart by section: how many times faster than the best peer, or the share of the limit."""
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    Path(folder).mkdir(parents=True, exist_ok=True)
    for section, content in everything["sections"].items():
        for key, label in (("times_best_peer", "times the best peer's speed"), ("share_of_limit", "share of the limit")):
            bars = [(row["name"], row[key]) for row in content["rows"] if row[key]]
            if not bars:
                continue
            figure, axes = plt.subplots(figsize=(8, 0.25 * len(bars) + 1))
            axes.barh([name for name, _ in bars], [value for _, value in bars], color="#4477aa")
            axes.axvline(1, color="black", linewidth=0.8)
            axes.invert_yaxis()
            axes.set_xlabel(label)
            axes.tick_params(labelsize=7)
            figure.tight_layout()
            figure.savefig(Path(folder) / f"{section.replace(',', '').replace(' ', '-')}-{key.replace('_', '-')}.svg")
            plt.close(figure)
