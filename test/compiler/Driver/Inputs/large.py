#!/usr/bin/env python3
"""Models of many parts, and the CPU time that the compiler takes for them.

usage: large.py print KIND COUNT          prints the model
       large.py time MLC KIND COUNT       compiles it, and says whether that took at most eight times as long as a quarter of it
"""
import resource
import subprocess
import sys

VECTOR = "tensor<4xf32>"


def chain(count, first, line):
    """`count` lines, each of the value of the last; the lines and the name of the last value."""
    names = [first] + [f"%y{i}" for i in range(count)]
    return [line(i, names[i], names[i + 1]) for i in range(count)], names[-1]


def parameters(count):
    """As many parameters, added up one after another, and a training step."""
    lines, last = chain(count, "%x", lambda i, x, y: f"%w{i} = nn.param @w{i} : {VECTOR} {y} = nn.add {x}, %w{i} : {VECTOR}")
    return [f"nn.parameter @w{i} : {VECTOR} init(#nn.zeros)" for i in range(count)] + [
        f"func.func @loss(%x: {VECTOR}) -> tensor<f32> {{", *lines,
        f"%l = nn.mse {last}, %x : {VECTOR}, {VECTOR} return %l : tensor<f32> }}", "nn.train_step @fit minimizes @loss with #nn.adam"]


def layers(count):
    """Two parameters per layer, and a training step of many launches."""
    row = "tensor<?x4xf32>"
    lines, last = chain(
        count // 2, "%x", lambda i, x, y: f"%w{i} = nn.param @w{i} : tensor<4x4xf32> %b{i} = nn.param @b{i} : {VECTOR} "
        f"%z{i} = nn.linear {x}, %w{i}, %b{i} : {row}, tensor<4x4xf32>, {VECTOR} {y} = nn.tanh %z{i} : {row}")
    return [f"nn.parameter @w{i} : tensor<4x4xf32> init(#nn.ones) nn.parameter @b{i} : {VECTOR} init(#nn.zeros)"
            for i in range(count // 2)] + [
        f"func.func @loss(%x: {row}) -> tensor<f32> {{", *lines, f"%l = nn.mse {last}, %x : {row}, {row} return %l : tensor<f32> }}",
        "nn.train_step @fit minimizes @loss with #nn.adam"]


def states(count):
    lines, last = chain(count, "%x", lambda i, x, y: f"%s{i} = nn.read @s{i} : {VECTOR} {y} = nn.add {x}, %s{i} : {VECTOR}")
    return [f"nn.state @s{i} : {VECTOR} init(#nn.zeros)" for i in range(count)] + [
        f"func.func @f(%x: {VECTOR}) -> {VECTOR} {{", *lines, f"return {last} : {VECTOR} }}"]


def launches(count):
    """Products that depend on each other: none can be fused with another."""
    matrix = "tensor<8x8xf32>"
    lines, last = chain(count, "%x", lambda i, x, y: f"{y} = nn.matmul {x}, %x : {matrix}, {matrix}")
    return [f"func.func @f(%x: {matrix}) -> {matrix} {{", *lines, f"return {last} : {matrix} }}"]


def arguments(count):
    """Sizes that must agree, each a check."""
    vector = "tensor<?xf32>"
    lines, last = chain(count, "%x", lambda i, x, y: f"{y} = nn.add {x}, %a{i} : {vector}, {vector}")
    return [f"func.func @f(%x: {vector}, " + ", ".join(f"%a{i}: {vector}" for i in range(count)) + f") -> {vector} {{", *lines,
            f"return {last} : {vector} }}"]


def entries(count):
    return [f"func.func @f{i}(%x: {VECTOR}) -> {VECTOR} {{ %y = nn.tanh %x : {VECTOR} return %y : {VECTOR} }}" for i in range(count)]


def lookups(count):
    """%i{k} picks rows of the table; each is checked. The result is the sum of the rows."""
    lines, last = chain(count, "%x", lambda i, x, y: f"%r{i} = nn.gather %t, %i{i} axis = 0 : tensor<3x4xf32>, tensor<1xi64> "
                        f"%c{i} = nn.cumsum {x} dim = 1 : tensor<1x4xf32> {y} = nn.add %c{i}, %r{i} : tensor<1x4xf32>")
    return ["func.func @f(%t: tensor<3x4xf32>, %x: tensor<1x4xf32>, " + ", ".join(f"%i{i}: tensor<1xi64>" for i in range(count)) +
            ") -> tensor<1x4xf32> {", *lines, f"return {last} : tensor<1x4xf32> }}"]


def text(kind, count):
    return "\n".join(["module @large {", *globals()[kind](count), "}"]) + "\n"


def seconds(mlc, kind, count):
    """CPU time of the compiler."""
    with open(f"{kind}.mlir", "w") as file:
        file.write(text(kind, count))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([mlc, f"{kind}.mlir", "-o", f"{kind}.so"], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main():
    if sys.argv[1] == "print":
        sys.stdout.write(text(sys.argv[2], int(sys.argv[3])))
        return
    mlc, kind, count = sys.argv[2], sys.argv[3], int(sys.argv[4])
    few, many = (seconds(mlc, kind, number) for number in (count // 4, count))
    told = "in proportion" if many <= 8 * few else f"{many:.1f} s, a quarter of them {few:.1f} s"
    print(f"{count} {kind}: {told}")


if __name__ == "__main__":
    main()
