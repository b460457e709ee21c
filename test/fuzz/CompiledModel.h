// A compiled program, called through its table as a host program would, with every buffer guarded.
#ifndef MLC_TEST_FUZZ_COMPILEDMODEL_H
#define MLC_TEST_FUZZ_COMPILEDMODEL_H

#include "runtime/include/mlc/mlc.h"
#include "test/fuzz/Reference.h"
#include <string>

namespace mlc::fuzz {

/// Memory that ends at a page without access: reading or writing one byte too far is a fault. What
/// lies before it is checked by `isIntact`.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t bytes, size_t alignment = 1);
  ~GuardedBuffer();
  GuardedBuffer(GuardedBuffer &&other);
  GuardedBuffer(const GuardedBuffer &) = delete;
  uint8_t *data() const { return begin; }
  size_t size() const { return bytes; }
  void fill(uint8_t byte);
  bool isIntact() const;
  bool isUntouched() const; ///< since it was made

private:
  uint8_t *pages = nullptr, *begin = nullptr;
  size_t bytes = 0, mapped = 0;
};

/// One loaded library and a handle on its model. The workspace is ours and full of NaN before every
/// call.
class CompiledModel {
public:
  /// Fails with the reason in `error`.
  static std::unique_ptr<CompiledModel> load(const std::string &path, const Inputs &inputs,
                                             int threads, std::string &error);
  ~CompiledModel();

  /// Runs the entry and returns the bytes of the results of the types of `expected`; after a
  /// training step, also those of the parameters. Fails with the reason in `error`.
  std::optional<std::vector<std::vector<uint8_t>>>
  call(const std::string &entry, const Outcome &expected, std::string &error);
  /// The free dimensions of all entries by name, with the sizes of the inputs.
  std::vector<std::pair<std::string, int64_t>> dims() const;
  /// Whether the shapes of the results and the bytes of the workspace are answered to the sizes of
  /// the inputs. Fails with the reason in `error`.
  bool answersShapes(const std::string &entry, llvm::ArrayRef<nn::Tensor> results,
                     std::string &error);
  /// Whether the shapes, the workspace and the call are refused, all with one status that speaks of
  /// sizes, with no byte of the results written.
  bool refusesSizes(const std::string &entry, llvm::ArrayRef<nn::Tensor> results,
                    std::string &error);
  /// Whether the shapes are answered, but the call ends with an index out of range.
  bool refusesIndices(const std::string &entry, llvm::ArrayRef<nn::Tensor> results,
                      std::string &error);

private:
  CompiledModel(const Inputs &inputs) : inputs(inputs) {}
  const mlc_entry_info *infoOf(const std::string &entry) const;
  std::vector<int64_t> dimsOf(const mlc_entry_info &info) const;
  bool create(int threads, std::string &error);
  bool check(mlc_status status, const std::string &what, std::string &error);
  bool expect(llvm::ArrayRef<mlc_status> allowed, mlc_status status, const std::string &what,
              std::string &error);
  mlc_status shapeStatus(const mlc_entry_info &info, int32_t result, Sizes &shape);
  mlc_status workspaceStatus(const mlc_entry_info &info);
  /// Of a call with results of these shapes.
  mlc_status callStatus(const mlc_entry_info &info, llvm::ArrayRef<nn::Tensor> results,
                        bool &isUnwritten);

  const Inputs &inputs;
  void *library = nullptr, *model = nullptr;
  const mlc_model_table *table = nullptr;
  std::unique_ptr<GuardedBuffer> workspace;
};

/// The elements as the C interface has them, and back. An i1 other than 0 and 1 becomes an integer
/// that equals neither.
std::vector<uint8_t> bytesOf(const nn::Tensor &tensor);
nn::Tensor tensorOf(llvm::ArrayRef<uint8_t> bytes, llvm::ArrayRef<int64_t> shape,
                    mlir::Type element);

} // namespace mlc::fuzz
#endif
