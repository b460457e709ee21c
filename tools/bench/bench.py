#!/usr/bin/env python3
"""./dev bench: mlc against the machine's limits and against other libraries, all in turn in one run.

Kernels are called through their C entry points, with the operands where the last call left them. One thread is measured in
CPU time of the thread, several in wall time; figures are medians. The C peers need Debian's libopenblas-dev and libdnnl-dev,
the frameworks come into a virtual environment outside the repository.
"""
import argparse
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import kernels
import networks_section
import peers
import programs
import report
import shapes
import transformers_section
from native import Native

SECTIONS = {  # name: what it shows, function, whether several threads are measured too
    "gemm": ("products against OpenBLAS and oneDNN", kernels.gemm, True),
    "lowprecision": ("products of bf16 and int8 against those of f32 and oneDNN's", kernels.lowprecision, True),
    "dynamic": ("one library for any number of rows against a library for each", kernels.dynamic, False),
    "rows": ("row kernels, elementwise chains, the optimizer", kernels.rows, False),
    "shapes": ("sizes that no kernel is made for: a few channels, columns or colours, the largest elements", shapes.shapes, False),
    "attention": ("attention, forward and with its gradients, against frameworks", programs.attention_section, True),
    "models": ("training steps and inference against frameworks", programs.models_section, True),
    "transformers": ("GPT-2 and BERT against frameworks", transformers_section.transformers_section, True),
    "layers": ("convolutions and their gradients against oneDNN", networks_section.layers_section, True),
    "networks": ("ResNet, MobileNetV2, EfficientNet and ViT against frameworks", networks_section.networks_section, True),
    "compile": ("compile times of the examples", programs.compile_section, False),
}


def fair_settings(threads):
    """Equal threads for all, and no library on narrower vectors than the CPU has."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["ONEDNN_MAX_CPU_ISA"] = "ALL"
    if "avx512f" in Path("/proc/cpuinfo").read_text():
        os.environ["OPENBLAS_CORETYPE"] = "SKYLAKEX"


def native(settings, threads):
    return Native(settings.build / "bench", settings.build / "bin/mlc", threads)


def run_section(section, settings, threads):
    return SECTIONS[section][1](native(settings, threads), settings.quick)


def describe_machine(settings, threads):
    """The limits that the sections are measured against, and the versions of the C peers."""
    machine = native(settings, threads)
    lines = []
    for kind, name in enumerate(("f32 multiply-adds", "bf16 dot products", "int8 dot products")):
        case, flops = machine.peak(kind)
        if flops:
            lines.append(f"{name}: {flops / machine.measure({'peak': case})['peak'] / 1e9:.0f} G/s")
    for reads, writes, count, place in ((1, 0, 10_000_000, "memory"), (1, 1, 10_000_000, "memory"),
                                        (3, 1, 10_000_000, "memory"), (1, 1, 60_000, "L2")):
        case, passes = machine.stream(reads, writes, count)
        seconds = machine.measure({"loop": case}, 5)["loop"] / passes
        lines.append(f"{place}, {reads} in {writes} out: {4 * count * (reads + writes) / seconds / 1e9:.1f} GB/s")
    return lines, machine.versions()


def in_own_process(function, *arguments):
    """Libraries read their settings when they are loaded: every measurement has a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def parse():
    parser = argparse.ArgumentParser(prog="dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder of the built tools")
    parser.add_argument("--quick", action="store_true", help="fewer shapes and rounds")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="this section (may be repeated)")
    parser.add_argument("--threads", type=int, help="only this number of threads (default: one, then all CPUs)")
    parser.add_argument("--json", type=Path, help="write everything here")
    parser.add_argument("--plots", type=Path, help="write SVG plots into this folder")
    parser.add_argument("--list", action="store_true", help="list the sections")
    return parser.parse_args()


def main():
    settings = parse()
    if settings.list:
        for name, (text, _, _) in SECTIONS.items():
            print(f"{name:12} {text}")
        return
    settings.build = settings.build.resolve()
    chosen = settings.only or list(SECTIONS)
    everything = {"machine": {}, "peers": {}, "sections": {}}
    if {"models", "attention", "transformers", "networks"} & set(chosen) or settings.plots:
        everything["peers"] |= peers.prepare()
    counts = [settings.threads] if settings.threads else sorted({1, os.cpu_count()})
    for threads in counts:
        fair_settings(threads)
        lines, versions = in_own_process(describe_machine, settings, threads)
        everything["machine"][threads] = lines
        everything["peers"] |= versions
        print(f"{platform.processor() or platform.machine()}, threads: {threads}\n  " + "\n  ".join(lines), flush=True)
    for name, version in everything["peers"].items():
        print(f"{name}: {version}")
    for section in chosen:
        text, _, is_parallel = SECTIONS[section]
        for threads in counts if is_parallel else counts[:1]:
            fair_settings(threads)
            rows = in_own_process(run_section, section, settings, threads)
            title = f"{section}, {threads} thread{'s' if threads > 1 else ''}"
            report.show(f"{title}: {text}", rows)
            everything["sections"][title] = report.data(rows)
            if settings.json:
                report.write_json(settings.json, everything)
    if settings.plots:
        peers.plot(settings.plots, everything)


if __name__ == "__main__":
    main()
