"""One session with a language server, over its standard input and output: lsp.py SERVER. Prints what it answers."""
import json
import subprocess
import sys

server = subprocess.Popen([sys.argv[1], "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
count = 0


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


def ask(method, params):
    global count
    count += 1
    send(method, params, id=count)
    while (message := receive()).get("id") != count:
        pass
    return message.get("result", message.get("error"))


def diagnostics():
    while (message := receive()).get("method") != "textDocument/publishDiagnostics":
        pass
    return message["params"]["diagnostics"]


def show(title, found):
    print(f"== {title}")
    for diagnostic in found:
        start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
        print(f"{start['line']}:{start['character']}-{end['character']}", repr(diagnostic["message"]))


class Document:
    """An open text."""

    def __init__(self, name, text):
        self.uri, self.text = f"file:///{name}.mlir", text
        send("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "mlir", "version": 1, "text": text}})
        show(name, diagnostics())

    def at(self, needle, within=0):
        """Parameters for the first place of `needle`, so many characters in."""
        before = self.text[:self.text.index(needle) + within]
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self.uri}, "position": position}

    def hover(self, needle, within=0):
        answer = ask("textDocument/hover", self.at(needle, within))
        print(f"-- hover {needle}\n{answer['contents']['value'].strip() if answer else 'nothing'}")

    def complete(self, needle):
        answer = ask("textDocument/completion", self.at(needle, len(needle)))
        labels = [item["label"] for item in answer["items"]]
        print(f"-- complete {needle.strip()}: {len(labels)}: {' '.join(labels[:12])}")
        return answer["items"]

    def fixes(self):
        """Every fix for the whole text, with the text after it."""
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
        for action in ask("textDocument/codeAction", {"textDocument": {"uri": self.uri}, "range": whole, "context": {"diagnostics": []}}):
            print(f"-- {action['kind']}: {action['title']}\n{self.edited(action['edit']['changes'][self.uri])}", end="")

    def edited(self, edits):
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        text = self.text
        for edit in sorted(edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]), reverse=True):
            begin, end = (starts[edit["range"][side]["line"]] + edit["range"][side]["character"] for side in ("start", "end"))
            text = text[:begin] + edit["newText"] + text[end:]
        return text

    def change(self, needle, replacement):
        """Replaces some text, told as a change of that range."""
        start = self.at(needle)["position"]
        end = self.at(needle, len(needle))["position"]
        self.text = self.text.replace(needle, replacement, 1)
        send("textDocument/didChange", {"textDocument": {"uri": self.uri, "version": 2}, "contentChanges": [{"range": {"start": start, "end": end}, "text": replacement}]})
        show("after the change", diagnostics())


initialized = ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
print(initialized["serverInfo"]["name"], initialized["serverInfo"]["version"])
print(" ".join(sorted(initialized["capabilities"])))
send("initialized", {})

net = Document("net", """module @net {
  nn.parameter @kernel : tensor<5x3xf32> init(#nn.glorot_uniform)
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %labels: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %w = nn.param @kernel : tensor<5x3xf32>
    %y = nn.linear %x, %w : tensor<?x5xf32>, tensor<5x3xf32>
    %l = nn.cross_entropy %y, %labels label_smoothing = 0.1 : tensor<?x3xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3> clip_norm = 1.0
}
""")
net.hover("nn.cross_entropy", 5)
net.hover("#nn.adam", 4)
net.hover("label_smoothing", 3)
net.hover("learning_rate", 3)
net.hover("clip_norm", 3)
net.hover("%labels label", 2)
net.hover("@kernel : tensor<5x3xf32>\n    %y", 2)
net.hover("module", 2)
for name, method in (("definition", "textDocument/definition"), ("references", "textDocument/references")):
    answer = ask(method, {**net.at("@kernel : tensor<5x3xf32>\n    %y", 2), "context": {"includeDeclaration": True}})
    print(f"-- {name}", [(place["range"]["start"]["line"], place["range"]["start"]["character"]) for place in answer])
print("-- outline", [symbol["name"] for symbol in ask("textDocument/documentSymbol", {"textDocument": {"uri": net.uri}})])
print("-- formatting", ask("textDocument/formatting", {"textDocument": {"uri": net.uri}, "options": {"tabSize": 2, "insertSpaces": True}}))
net.complete("nn.cross")
net.complete("init(#nn.")
net.complete("with #nn.")
net.complete("#nn.adam<")
net.complete("nn.linear %")
net.complete("nn.param @")
net.complete("%labels ")
short = Document("short", "module @short {\n}\n")
send("textDocument/didChange", {"textDocument": {"uri": short.uri, "version": 2}, "contentChanges": [
    {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 9}}, "text": "module @a {\n}\n"},
    {"range": {"start": {"line": 0, "character": 8}, "end": {"line": 0, "character": 9}}, "text": "b-c"}]})
show("short after changes beyond its end", diagnostics())
choices = Document("choices", """module @choices {
  func.func @f(%x: tensor<4xf32>) -> tensor<f32> {
    %a = nn.mse %x, %x reduction = mean : tensor<4xf32>
    %b = nn.reduce sum %x dims = [0] : tensor<4xf32>
    return %a : tensor<f32>
  }
}
""")
choices.complete("reduction = ")
choices.complete("nn.reduce ")
print("  documentation:", next(item for item in net.complete("nn.lin") if item["label"] == "nn.linear")["documentation"]["value"].split("\n")[0])
net.change("nn.linear %x, %w", "nn.linear %w, %w")
net.fixes()

Document("wrong", """module @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<5xf32> {
    %y = "nn.tanh"(%x) : (tensor<4xf32>) -> tensor<5xf32>
    return %y : tensor<5xf32>
  }
}
""")
Document("loss_of_rank_1", """module @m {
  nn.parameter @w : tensor<4xf32> init(#nn.zeros)
  func.func @loss() -> tensor<4xf32> {
    %w = nn.param @w : tensor<4xf32>
    return %w : tensor<4xf32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd
}
""")
Document("my-net", "module {\n  func.func @f() {\n    return\n  }\n}\n").fixes()
Document("two", "func.func @f(%x: tensor<f32>) -> tensor<f32> {\n  return %x : tensor<f32>\n}\nfunc.func private @g()\n").fixes()
Document("dtypes", """module @m {
  func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
    %y = nn.add %x, %i : tensor<4xf32>, tensor<4xi32>
    return %y : tensor<4xf32>
  }
}
""").fixes()
Document("entries", """module @"entry-points" {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}
""").fixes()

ragged = Document("ragged", """// Comments stay.


module @m {
nn.parameter @w   : tensor<4xf32>   init(#nn.zeros)\t
    func.func @loss(%x: tensor<4xf32>,
            %y: tensor<4xf32>)
        -> tensor<f32> {
      %w = nn.param @w : tensor<4xf32>  // a } in a comment
    %d = nn.mul %w, %x : tensor<4xf32>
    %l = nn.mse %d, %y
         : tensor<4xf32>
  return %l : tensor<f32>
}
nn.train_step @fit minimizes @loss with #nn.sgd
    clip_norm = 1.0

}

""")
formatting = {"textDocument": {"uri": ragged.uri}, "options": {"tabSize": 2, "insertSpaces": True}}
print("-- formatted\n" + ragged.edited(ask("textDocument/formatting", formatting)), end="")

print("-- unknown", ask("no/such/method", {})["message"])
print("-- closed", ask("textDocument/hover", {"textDocument": {"uri": "file:///never/opened.mlir"}, "position": {"line": 0, "character": 0}}))
ask("shutdown", None)
send("exit", None)
print("-- status", server.wait(10))
