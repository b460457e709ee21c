"""A training step of so many equal layers with dropout: dropouts.py LAYERS."""
import sys

count = int(sys.argv[1])
rows, matrix = "tensor<4x8xf32>", "tensor<8x8xf32>"
print("module @dropouts {")
for i in range(count):
    print(f"nn.parameter @w{i} : {matrix} init(#nn.ones)")
print(f"func.func @loss(%x0: {rows}) -> tensor<f32> {{")
for i in range(count):
    print(f"%w{i} = nn.param @w{i} : {matrix} %y{i} = nn.matmul %x{i}, %w{i} : {rows}, {matrix}")
    print(f"%z{i} = nn.tanh %y{i} : {rows} %x{i + 1} = nn.dropout %z{i} rate = 0.1 : {rows}")
print(f"%l = nn.mse %x{count}, %x0 : {rows}, {rows} return %l : tensor<f32> }}")
print("nn.train_step @fit minimizes @loss with #nn.sgd }")
