"""Models whose names are as long as a line, as many as a page, or words of what is generated: hard_names.py long.mlir many.mlir"""
import sys

long = "a" * 70
arguments = ["x", "dims", "sizes", "raw", "check", "expect_length", "status", "model", "c_float", "text", "result"]


def entry(name, inputs):
    typed = ", ".join(f'%{i}: tensor<f32> {{nn.name = "{i}"}}' for i in inputs)
    kinds = ", ".join(["tensor<f32>"] * len(inputs))
    return f"  func.func @{name}({typed}) -> ({kinds}) {{ return {', '.join('%' + i for i in inputs)} : {kinds} }}\n"


with open(sys.argv[1], "w") as file:
    file.write(f"module @Model_{long} {{\n" + entry(long + "_one", arguments) + entry(long + "_ONE", ["x"]) + entry(long + "_two", ["x"]))
    file.write(f'  func.func @free(%x: tensor<?x?x4xf32> {{nn.name = "{long}", nn.dims = ["{long}b", "RANKS", ""]}}) -> tensor<?x?x4xf32> {{ return %x : tensor<?x?x4xf32> }}\n}}\n')
with open(sys.argv[2], "w") as file:
    file.write("module @model {\n" + entry("f", [f"x{i}" for i in range(300)]))
    file.write("".join(entry(name, ["x"]) for name in ["F", "self", "drop", "new", "raw", "match", "options"]) + "}\n")
