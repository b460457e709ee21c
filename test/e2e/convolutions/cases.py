"""The forms of nn.conv, nn.conv_transpose and the pools that are compared with PyTorch's, at sizes beyond one tile where it matters.

A case says the op, the shapes of x [n, c, spatial...] and of the kernel in PyTorch's order, options of the op, and the layouts in which mlc
has them.
"""
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "transformers"))
from made import numbers  # noqa: E402


def case(x, w=None, op="conv", bias=False, last=False, **options):
    """`last`: channels last, [spatial..., i, o] for the kernel."""
    return dict(op=op, x=x, w=w, bias=bias, last=last, options=options)


def layouts(c):
    """Words of x and of the kernel, those of PyTorch first."""
    spatial = {3: "w", 4: "hw", 5: "dhw"}[len(c["x"])]
    of_torch = "nc" + spatial, ("io" if c["op"] == "conv_transpose" else "oi") + spatial
    return of_torch, ("n" + spatial + "c", spatial + "io") if c["last"] else of_torch


SQUARE = (2, 8, 13, 12)
CASES = {}
for number, last in enumerate((False, True)):
    s = "_last" if last else ""
    CASES |= {
        "k3" + s: case((2, 20, 14, 15), (24, 20, 3, 3), bias=True, last=last, padding=1),
        "k3_valid" + s: case(SQUARE, (7, 8, 3, 3), last=last),
        "k3_stride" + s: case(SQUARE, (16, 8, 3, 3), bias=True, last=last, strides=2, padding=1),
        "k3_even" + s: case((1, 16, 16, 16), (33, 16, 3, 3), last=last, strides=2, padding=1),
        "k1" + s: case((2, 40, 7, 9), (24, 40, 1, 1), bias=True, last=last),
        "k1_stride" + s: case(SQUARE, (16, 8, 1, 1), last=last, strides=2),
        "k5_same" + s: case(SQUARE, (5, 8, 5, 4), last=last, same=True),
        "k3_same_stride" + s: case((2, 4, 13, 16), (8, 4, 3, 2), last=last, same=True, strides=(2, 3)),
        "edges" + s: case((2, 32, 14, 14), (32, 32, 3, 3), bias=True, last=last, padding=1),
        "edges_one_tile" + s: case((5, 32, 7, 7), (32, 32, 3, 3), last=last, padding=1),
        "edges_stride" + s: case((4, 32, 14, 14), (32, 32, 3, 3), last=last, strides=2, padding=1),
        "edges_wide" + s: case((1, 32, 12, 24), (32, 32, 5, 7), last=last, padding=(2, 2, 3, 3)),
        "edges_dilated" + s: case((1, 32, 14, 21), (32, 32, 3, 3), last=last, dilation=(1, 2), padding=(1, 1, 2, 0)),
        "stem" + s: case((1, 3, 33, 34), (16, 3, 7, 7), last=last, strides=2, padding=3),
        "one_channel" + s: case((2, 1, 28, 28), (6, 1, 5, 5), bias=True, last=last, padding=2),
        "dilated" + s: case((1, 8, 17, 18), (16, 8, 3, 3), last=last, dilation=2, padding=2),
        "dilated_stride" + s: case((1, 8, 17, 18), (9, 8, 3, 3), last=last, dilation=(2, 3), strides=2, padding=(2, 3)),
        "grouped" + s: case(SQUARE, (12, 4, 3, 3), bias=True, last=last, groups=2, padding=1),
        "grouped_stride" + s: case((2, 16, 11, 11), (16, 4, 3, 3), last=last, groups=4, padding=1, strides=2),
        "depthwise" + s: case((2, 24, 9, 10), (24, 1, 3, 3), bias=True, last=last, groups=24, padding=1),
        "depthwise_stride" + s: case((2, 9, 12, 13), (9, 1, 5, 5), last=last, groups=9, padding=2, strides=2),
        "depthwise_many" + s: case(SQUARE, (24, 1, 3, 3), last=last, groups=8, padding=1),
        "depthwise_many_stride" + s: case(SQUARE, (16, 1, 3, 3), last=last, groups=8, padding=1, strides=2),
        "depthwise_dilated" + s: case((1, 16, 12, 12), (16, 1, 3, 3), last=last, groups=16, padding=2, dilation=2),
        "ends" + s: case(SQUARE, (4, 8, 4, 4), last=last, padding=(2, 1, 0, 3)),
        "cropped" + s: case(SQUARE, (4, 8, 3, 3), last=last, padding=(-1, 1, -2, -1)),
        "gaps" + s: case(SQUARE, (4, 8, 2, 2), last=last, strides=4),
        "whole" + s: case((3, 6, 5, 5), (10, 6, 5, 5), bias=True, last=last),
        "spread" + s: case(SQUARE, (4, 8, 3, 3), last=last, input_dilation=2, padding=1),
        "spread_stride" + s: case(SQUARE, (4, 8, 3, 3), last=last, input_dilation=3, strides=2, padding=2),
        "line" + s: case((2, 3, 40), (8, 3, 9), bias=True, last=last, strides=3, padding=4),
        "line_dilated" + s: case((2, 16, 37), (16, 16, 3), last=last, dilation=4, padding=4),
        "cube" + s: case((1, 4, 6, 7, 8), (8, 4, 3, 3, 3), bias=True, last=last, padding=1),
        "cube_stride" + s: case((1, 4, 7, 8, 9), (6, 4, 2, 3, 3), last=last, strides=(1, 2, 2)),
        "transposed" + s: case((2, 8, 5, 6), (8, 6, 4, 4), "conv_transpose", True, last, strides=2, padding=1),
        "transposed_odd" + s: case((2, 8, 5, 6), (8, 6, 3, 3), "conv_transpose", False, last, strides=2, padding=1, output_padding=1),
        "one_element" + s: case((3, 6, 1, 1), (5, 6, 3, 3), bias=True, last=last, padding=(1, 1, 2, 0)),
        "one_element_transposed" + s: case((3, 6, 1, 1), (6, 5, 4, 4), "conv_transpose", True, last),
        "one_element_apart" + s: case((3, 6, 1, 1), (6, 5, 4, 3), "conv_transpose", last=last, strides=2, padding=1),
        "transposed_grouped" + s: case((1, 8, 5, 6), (8, 3, 3, 3), "conv_transpose", True, last, strides=3, dilation=2, groups=2),
        "transposed_line" + s: case((2, 5, 11), (5, 4, 6), "conv_transpose", False, last, strides=4, padding=1, output_padding=2),
        "max" + s: case((2, 6, 12, 13), None, "max_pool", False, last, window=2),
        "max_overlap" + s: case((2, 6, 12, 13), None, "max_pool", False, last, window=3, strides=2, padding=1),
        "max_ceil" + s: case((2, 6, 12, 14), None, "max_pool", False, last, window=3, strides=2, ceil=True),
        "max_dilated" + s: case((2, 6, 12, 13), None, "max_pool", False, last, window=(3, 2), strides=1, dilation=2, padding=1),
        "max_gaps" + s: case((2, 6, 12, 13), None, "max_pool", False, last, window=2, strides=3),
        "max_line" + s: case((2, 6, 25), None, "max_pool", False, last, window=4),
        "avg" + s: case((2, 6, 12, 13), None, "avg_pool", False, last, window=(2, 3)),
        "avg_overlap" + s: case((2, 6, 12, 13), None, "avg_pool", False, last, window=3, strides=2, padding=1),
        "avg_exclude" + s: case((2, 6, 12, 13), None, "avg_pool", False, last, window=3, strides=2, padding=1, exclude_padding=True),
        "avg_ceil" + s: case((2, 6, 12, 14), None, "avg_pool", False, last, window=3, strides=2, padding=1, ceil=True),
        "avg_cube" + s: case((1, 3, 6, 8, 8), None, "avg_pool", False, last, window=2),
        "max_long" + s: case((2, 3, 90, 7), None, "max_pool", False, last, window=(70, 3), strides=(3, 2)),
        "avg_long" + s: case((2, 3, 150), None, "avg_pool", False, last, window=66, strides=4, padding=20),
        "adaptive_max" + s: case((2, 6, 12, 13), None, "adaptive_max_pool", False, last, sizes=(5, 7)),
        "adaptive_max_even" + s: case((2, 6, 12, 14), None, "adaptive_max_pool", False, last, sizes=(4, 7)),
        "adaptive_max_more" + s: case((2, 6, 3, 4), None, "adaptive_max_pool", False, last, sizes=(5, 8)),
        "adaptive_max_one" + s: case((2, 6, 12, 13), None, "adaptive_max_pool", False, last, sizes=1),
        "adaptive_max_row" + s: case((2, 6, 12, 13), None, "adaptive_max_pool", False, last, sizes=(1, 5)),
        "adaptive_max_line" + s: case((2, 6, 25), None, "adaptive_max_pool", False, last, sizes=7),
        "adaptive_max_cube" + s: case((1, 3, 5, 6, 8), None, "adaptive_max_pool", False, last, sizes=(2, 3, 5)),
        "adaptive_avg" + s: case((2, 6, 12, 13), None, "adaptive_avg_pool", False, last, sizes=(5, 7)),
        "adaptive_avg_even" + s: case((2, 6, 12, 14), None, "adaptive_avg_pool", False, last, sizes=(4, 7)),
        "adaptive_avg_more" + s: case((2, 6, 3, 4), None, "adaptive_avg_pool", False, last, sizes=(5, 8)),
        "adaptive_avg_one" + s: case((2, 6, 12, 13), None, "adaptive_avg_pool", False, last, sizes=1),
        "adaptive_avg_row" + s: case((2, 6, 12, 13), None, "adaptive_avg_pool", False, last, sizes=(1, 5)),
        "adaptive_avg_line" + s: case((2, 6, 25), None, "adaptive_avg_pool", False, last, sizes=7),
        "adaptive_avg_cube" + s: case((1, 3, 5, 6, 8), None, "adaptive_avg_pool", False, last, sizes=(2, 3, 5)),
        "lp" + s: case((2, 6, 12, 13), None, "lp_pool", False, last, window=2, norm=3.0),
        "lp_two" + s: case((2, 6, 12, 13), None, "lp_pool", False, last, window=3, strides=2),
    }


def arrays(name):
    """By name, in PyTorch's order of dimensions. x has no two equal numbers in a window, and none is nearly 0."""
    c = CASES[name]
    x = numbers(name + ".x", c["x"], 2.0)
    found = {"x": x + np.sign(x) * np.float32(0.1)}
    if c["w"]:
        found["w"] = numbers(name + ".w", c["w"], 1.0)
    if c["bias"]:
        channels = c["w"][1] * c["options"].get("groups", 1) if c["op"] == "conv_transpose" else c["w"][0]
        found["b"] = numbers(name + ".b", (channels,))
    return found
