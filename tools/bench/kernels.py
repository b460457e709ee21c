"""Sections gemm, dynamic and rows: kernels against C libraries and the machine's limits."""
import math

import models
from report import Row

LIST_OF_M = [1, 2, 3, 4, 6, 8, 12, 16, 24, 31, 32, 48, 64, 100, 128, 197, 256, 333, 512, 777, 1000]


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def gemm(native, quick):
    """Products, operands at run time and prepacked."""
    shapes = [s for s in models.PRODUCTS if not quick or max(s[1:]) <= 768]
    packed_shapes = [s for s in shapes if s[0] != "tn"]
    plain = native.compile_model("products", models.products("products", shapes))
    packed = native.compile_model("packed", models.products("packed", packed_shapes, packed=True))
    rows, ratios = [], {"run-time": [], "prepacked": []}
    for form, m, n, k in shapes:
        a, b, c = native.random(m * k), native.random(k * n), native.random(m * n)
        ta, tb, name = int(form[0] == "t"), int(form[1] == "t"), models.product_name(form, m, n, k)
        shape = (ta, tb, m, n, k, a, b, c)
        peak, flops = native.peak()
        cases = {"peak": peak, "mlc": plain.entry(name, a, b, c),
                 "OpenBLAS": native.peer_case(native.openblas(), "peer_product", *shape),
                 "oneDNN sgemm": native.peer_case(native.onednn(), "peer_product", *shape),
                 "oneDNN matmul": native.peer_case(native.onednn(), "peer_matmul", *shape, 0)}
        if form != "tn":
            cases["mlc prepacked"] = packed.entry(name, a, c)
            cases["oneDNN prepacked"] = native.peer_case(native.onednn(), "peer_matmul", *shape, 1)
        if m == 1:  # a matrix and a vector: limited by reading the matrix
            cases["loop"], passes = native.stream(1, 0, n * k)
        rate = native.measure(cases, 5 if quick else 9)
        limit, limit_name = rate.pop("peak") / flops * 2 * m * n * k, "FMA peak"
        if m == 1:
            limit, limit_name = rate.pop("loop") / passes, "reading the matrix"
        for kind, mine in (("run-time", "mlc"), ("prepacked", "mlc prepacked")):
            if mine not in rate:
                continue
            peers = {p.split()[0] + ("" if p == "OpenBLAS" else " " + p.split()[1]): s for p, s in rate.items()
                     if not p.startswith("mlc") and ("prepacked" in p) == (kind == "prepacked")}
            rows.append(Row(f"{form.upper()} {m}x{n}x{k}, {kind}", rate[mine], limit, limit_name, peers))
            if peers:
                ratios[kind].append(min(peers.values()) / rate[mine])
    for kind, values in ratios.items():
        if values:
            rows.append(f"{kind}: geometric mean {geometric_mean(values):.2f}x the best peer, least {min(values):.2f}x")
    return rows


def lowprecision(native, quick):
    """Products of bf16 and int8, operands at run time and prepacked. The limit: the dot instruction of this CPU, or its f32
    multiply-adds."""
    shapes = models.LOW_PRECISION[::2] if quick else models.LOW_PRECISION
    plain = native.compile_model("lowprecision_f32", models.products("lowprecision_f32", shapes))
    packed = native.compile_model("lowprecision_f32p", models.products("lowprecision_f32p", shapes, packed=True))
    rows = []
    for number, (dtype, text) in enumerate((("bf16", "bf16"), ("i8", "int8"))):
        make = native.random_bf16 if dtype == "bf16" else native.random  # any bytes are i8
        narrow = {p: native.compile_model(f"lowprecision_{dtype}{int(p)}",
                                          models.narrow_products(f"lowprecision_{dtype}{int(p)}", shapes, dtype, p)) for p in (False, True)}
        ratios = []
        for form, m, n, k in shapes:
            name = models.product_name(form, m, n, k)
            a, b, c = make(m * k), make(k * n), native.random(m * n)
            wide_a, wide_b = native.random(m * k), native.random(k * n)
            for p, kind in ((False, "run-time"), (True, "prepacked")):
                peak, flops = native.peak(number + 1)
                if not peak:
                    peak, flops = native.peak()
                cases = {"peak": peak, "mlc": narrow[p].entry(name, *((a, c) if p else (a, b, c))),
                         "mlc f32": (packed if p else plain).entry(name, *((wide_a, c) if p else (wide_a, wide_b, c))),
                         "oneDNN": native.peer_case(native.onednn(), "peer_narrow_matmul", number, m, n, k, a, b, c, int(p))}
                seconds = native.measure(cases, 5 if quick else 9)
                limit, mlc = seconds.pop("peak") / flops * 2 * m * n * k, seconds.pop("mlc")
                rows.append(Row(f"{text} {m}x{n}x{k}, {kind}", mlc, limit, "peak", seconds))
                ratios.append(seconds["mlc f32"] / mlc)
        rows.append(f"{text}: geometric mean {geometric_mean(ratios):.2f}x f32, least {min(ratios):.2f}x")
    return rows


def dynamic(native, quick):
    """One library for every number of rows against a library for each."""
    numbers = LIST_OF_M[::4] if quick else LIST_OF_M
    rows = []
    for packed in (False, True):
        kind = "prepacked" if packed else "run-time"
        free = native.compile_model(f"free_{int(packed)}", models.products(f"free_{int(packed)}", [("nn", "?", 768, 768)], packed))
        fixed = native.compile_model(f"fixed_{int(packed)}",
                                     models.products(f"fixed_{int(packed)}", [("nn", m, 768, 768) for m in numbers], packed))
        for m in numbers:
            a, b, c = native.random(m * 768), native.random(768 * 768), native.random(m * 768)
            operands = (a,) if packed else (a, b)
            peak, flops = native.peak()
            seconds = native.measure({"peak": peak, "free": free.entry("nn_mx768x768", *operands, m, c),
                                      "fixed": fixed.entry(f"nn_{m}x768x768", *operands, c)}, 5 if quick else 9)
            limit = seconds["peak"] / flops * 2 * m * 768 * 768
            rows.append(Row(f"M = {m}, 768x768, {kind}", seconds["free"], limit, "FMA peak", {"mlc, static M": seconds["fixed"]}))
    return rows


def rows(native, quick):
    """Row kernels, elementwise chains and the optimizer; the limit is a vector loop with the same streams."""
    model = native.compile_model("rows", models.rows())
    onednn, loops, result = native.onednn(), native.loops(), []

    def add(name, mine, streams, peers, then=()):
        reads, writes, count, in_place = (*streams, False)[:4]
        loop, passes = native.stream(reads, writes, count, in_place)
        text = f"{reads} in {writes} out"
        if then:  # two loops, one after the other
            loop = native.both(loop, native.stream(*then, count)[0])
            text += f", then {then[0]} in {then[1]} out"
        seconds = native.measure({"loop": loop, "mlc": mine} | peers, 5 if quick else 9)
        limit, mlc = seconds.pop("loop") / passes, seconds.pop("mlc")
        result.append(Row(name, mlc, limit, text, seconds))

    def c_loop(name, *arguments):
        return native.call(getattr(loops, "loop_" + name), *arguments) if loops else None

    for m, n in models.SOFTMAX:
        x, y, dy, dx = (native.random(m * n) for _ in range(4))
        add(f"softmax {m}x{n}", model.entry(f"softmax_{m}x{n}", x, y), (1, 1, m * n),
            {"oneDNN": native.peer_case(onednn, "peer_softmax", m, n, x, y), "C": c_loop("softmax", x, m, n, y)})
        add(f"softmax {m}x{n} forward and backward", model.entry(f"softmax_{m}x{n}_backward", x, dy, dx), (2, 1, m * n),
            {"oneDNN, both": native.both(native.peer_case(onednn, "peer_softmax", m, n, x, y),
                                         native.peer_case(onednn, "peer_softmax_backward", m, n, y, dy, dx))})
    m, n = 256, 768
    x, y, dy, dx = (native.random(m * n) for _ in range(4))
    # oneDNN's parameters, and their gradient, are scale and shift side by side.
    parameters, dscale, shift, dshift = native.random(2 * n), native.random(2 * n), native.random(n), native.random(n)
    add("layer_norm 256x768", model.entry("layer_norm", x, parameters, shift, y), (1, 1, m * n),
        {"oneDNN": native.peer_case(onednn, "peer_layer_norm", m, n, x, parameters, None, y, None),
         "C": c_loop("layer_norm", x, parameters, shift, m, n, y)})
    add("layer_norm 256x768 backward", model.entry("layer_norm_backward", x, parameters, shift, dy, dx, dscale, dshift),
        (2, 1, m * n), {"oneDNN": native.peer_case(onednn, "peer_layer_norm", m, n, x, parameters, dy, dx, dscale)})
    m, n = 256, 3072
    x, y, dy = (native.random(m * n) for _ in range(3))
    for form in ("tanh", "erf"):
        use_erf = int(form == "erf")
        add(f"gelu {form} 256x3072", model.entry(f"gelu_{form}", x, y), (1, 1, m * n),
            {"oneDNN": native.peer_case(onednn, "peer_gelu", use_erf, m, n, x, None, y)} |
            ({} if use_erf else {"C": c_loop("gelu_tanh", x, m * n, y)}))
        add(f"gelu {form} 256x3072 backward", model.entry(f"gelu_{form}_backward", x, dy, y), (2, 1, m * n),
            {"oneDNN": native.peer_case(onednn, "peer_gelu", use_erf, m, n, x, dy, y)})
    m, n = 256, 50257
    x, dx, loss, labels = native.random(m * n), native.random(m * n), native.random(1), native.labels(256, 50257)
    add("cross_entropy 256x50257 with gradient", model.entry("cross_entropy", x, labels, loss, dx), (1, 1, m * n),
        {"C": c_loop("cross_entropy", x, labels, m, n, loss, dx)})
    count = models.CHAIN_ELEMENTS
    arrays = [native.random(count) for _ in range(4)]
    for name, (reads, _) in models.CHAINS.items():
        add(f"{name}, 10 M", model.entry(name, *arrays[:reads], arrays[3]), (reads, 1, count), {})
    optimizer = native.compile_model("adamw", models.adamw())
    # The loss p.g is a loop of its own, so the limit has one too.
    add("adamw step and its loss p.g, 10 M", optimizer.entry("fit", arrays[0], loss), (4, 3, count, True), {}, then=(2, 0))
    return result
