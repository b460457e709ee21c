//===- PrintableStream.h - messages that a terminal can show ---------*- C++ -*-===//
#ifndef MLC_TOOLS_PRINTABLESTREAM_H
#define MLC_TOOLS_PRINTABLESTREAM_H

#include "llvm/Support/raw_ostream.h"

namespace mlc {

/// Passes on to standard error what diagnostics print of a text that anybody may have written:
/// control characters as hexadecimal escapes, and of a line its first bytes only.
class PrintableStream : public llvm::raw_ostream {
public:
  PrintableStream() : llvm::raw_ostream(/*unbuffered=*/true) {}

  bool has_colors() const override { return llvm::errs().has_colors(); }
  bool is_displayed() const override { return llvm::errs().is_displayed(); }
  raw_ostream &changeColor(enum Colors color, bool bold, bool background) override {
    llvm::errs().changeColor(color, bold, background);
    return *this;
  }
  raw_ostream &resetColor() override {
    llvm::errs().resetColor();
    return *this;
  }

private:
  void write_impl(const char *data, size_t size) override;
  uint64_t current_pos() const override { return written; }

  static constexpr size_t kMostColumns = 4000;
  uint64_t written = 0;
  size_t column = 0;
};

inline void PrintableStream::write_impl(const char *data, size_t size) {
  written += size;
  for (const char *c = data; c != data + size; ++c) {
    if (*c == '\n')
      column = 0;
    else if (column++ >= kMostColumns) {
      if (column == kMostColumns + 1)
        llvm::errs() << " ...";
      continue;
    }
    bool isControl =
        (static_cast<unsigned char>(*c) < ' ' && *c != '\n' && *c != '\t') || *c == 127;
    if (isControl)
      llvm::errs().write_escaped(llvm::StringRef(c, 1), /*UseHexEscapes=*/true);
    else
      llvm::errs() << *c;
  }
}

} // namespace mlc

#endif // MLC_TOOLS_PRINTABLESTREAM_H
