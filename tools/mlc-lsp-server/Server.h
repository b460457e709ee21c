// The server: which messages of the protocol are answered, and by what.
#ifndef MLC_TOOLS_LSP_SERVER_H
#define MLC_TOOLS_LSP_SERVER_H

namespace llvm::lsp {
class JSONTransport;
}

namespace mlc::lsp {

/// Answers messages until the client says exit. Returns an exit status: whether it said shutdown
/// before.
int serve(llvm::lsp::JSONTransport &transport);

} // namespace mlc::lsp
#endif
