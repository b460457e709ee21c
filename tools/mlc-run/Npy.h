// NumPy's files: .npy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) and
// .npz, a zip of them.
#ifndef MLC_TOOLS_RUN_NPY_H
#define MLC_TOOLS_RUN_NPY_H

#include "Tensor.h"

#include <cstdint>
#include <map>
#include <string_view>

namespace mlc::run {

/// The bytes of a regular file, the first ones where there are more; fails with a sentence.
std::string readFile(const std::string &path, size_t mostBytes = SIZE_MAX);
/// Writes a file beside its place and renames it there: it is whole or not there. Into a pipe or a
/// device the bytes go as they are.
void writeFile(const std::string &path, std::string_view bytes);
/// Whether there is something at the path that is no regular file.
bool isStream(const std::string &path);
/// Opens such a thing for writing; fails for a pipe that nobody reads.
int openStream(const std::string &path);

/// Wrong usage where two of these, option and path, are one file; empty paths are none, and pipes
/// and devices take several outputs.
void checkDistinct(const std::vector<std::pair<std::string, std::string>> &files);

/// Text of a file for a message: bytes that are not plain ASCII become '?'.
std::string printable(std::string_view text);

/// Reads the bytes of one .npy. `path` is for messages.
Tensor parseNpy(std::string_view bytes, const std::string &path);
/// The bytes of one .npy; bf16 is widened to f32, which NumPy knows.
std::string formatNpy(const Tensor &tensor);

/// Reads array `name` of an .npz; with another name or none, its only array.
Tensor parseNpz(std::string_view bytes, const std::string &name, const std::string &path);
/// The bytes of an .npz of these .npy files, uncompressed.
std::string formatNpz(const std::vector<std::pair<std::string, std::string>> &files);

/// Reads an .npy or .npz, told apart by their first bytes.
Tensor readArray(const std::string &path, const std::string &name);

} // namespace mlc::run
#endif
