//===- PrintableStream.h - messages that a terminal can show ---------*- C++ -*-===//
#ifndef MLC_TOOLS_PRINTABLESTREAM_H
#define MLC_TOOLS_PRINTABLESTREAM_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace mlc {

/// Passes on to standard error what diagnostics print of a text that anybody may have written:
/// control characters as hexadecimal escapes, and long lines without their middle.
class PrintableStream : public llvm::raw_ostream {
public:
  PrintableStream() : llvm::raw_ostream(/*unbuffered=*/true) {}
  ~PrintableStream() override { writeLine(); }

  bool has_colors() const override { return llvm::errs().has_colors(); }
  bool is_displayed() const override { return llvm::errs().is_displayed(); }
  raw_ostream &changeColor(enum Colors color, bool bold, bool background) override {
    writeLine();
    llvm::errs().changeColor(color, bold, background);
    return *this;
  }
  raw_ostream &resetColor() override {
    writeLine();
    llvm::errs().resetColor();
    return *this;
  }

private:
  void write_impl(const char *data, size_t size) override {
    written += size;
    for (char c : llvm::StringRef(data, size)) {
      line += c;
      if (c == '\n')
        writeLine();
      else if (line.size() >= 4 * kShown) // its middle will not be shown
        cutMiddle();
    }
  }
  uint64_t current_pos() const override { return written; }

  void cutMiddle() {
    line.erase(kShown, line.size() - 2 * kShown);
    isCut = true;
  }
  void writeLine() {
    if (line.size() > 2 * kShown)
      cutMiddle();
    for (const char &c : line) {
      if (isCut && &c == &line[kShown])
        llvm::errs() << " ... ";
      unsigned char code = c;
      if ((code < ' ' && c != '\n' && c != '\t') || code == 127)
        llvm::errs().write_escaped(llvm::StringRef(&c, 1), /*UseHexEscapes=*/true);
      else
        llvm::errs() << c;
    }
    line.clear();
    isCut = false;
  }

  static constexpr size_t kShown = 2000; ///< bytes at either end of a line
  uint64_t written = 0;
  std::string line;
  bool isCut = false;
};

} // namespace mlc

#endif // MLC_TOOLS_PRINTABLESTREAM_H
