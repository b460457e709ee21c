"""Opens one wrong model in a language server and prints the diagnostics: lsp.py SERVER."""
import json
import subprocess
import sys

TEXT = """module @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<5xf32> {
    %y = "nn.tanh"(%x) : (tensor<4xf32>) -> tensor<5xf32>
    return %y : tensor<5xf32>
  }
}
"""

server = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def send(method, params, **fields):
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **fields}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive():
    length = 0
    while (line := server.stdout.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return json.loads(server.stdout.read(length))


send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=0)
receive()
send("initialized", {})
send("textDocument/didOpen", {"textDocument": {"uri": "file:///m.mlir", "languageId": "mlir", "version": 1, "text": TEXT}})
while (message := receive()).get("method") != "textDocument/publishDiagnostics":
    pass
for diagnostic in message["params"]["diagnostics"]:
    print("line %d: %s" % (diagnostic["range"]["start"]["line"], diagnostic["message"]))
send("shutdown", None, id=1)
receive()
send("exit", None)
server.wait(10)
