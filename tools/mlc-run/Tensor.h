// A tensor in memory: dtype, shape and aligned bytes.
#ifndef MLC_TOOLS_RUN_TENSOR_H
#define MLC_TOOLS_RUN_TENSOR_H

#include "mlc/mlc.h"

#include <memory>
#include <string>
#include <vector>

namespace mlc::run {

/// Element types that files hold beyond the model's own.
enum FileDtype { kI16 = 100, kUI16, kUI64 };

/// Bytes of an element of an mlc_dtype or FileDtype.
int64_t dtypeBytes(int dtype);
const char *dtypeName(int dtype);
mlc_data_type dlpackType(int dtype);

/// "[3, ?, 4]"
std::string shapeText(const std::vector<int64_t> &shape);
/// The product of the sizes; fails where it would not fit in memory. `what` names the tensor.
int64_t elementCount(const std::vector<int64_t> &shape, const std::string &what);

class Tensor {
public:
  Tensor() = default;
  /// Uninitialised elements, 64-byte aligned.
  Tensor(int dtype, std::vector<int64_t> shape, const std::string &what = "tensor");

  int dtype = MLC_F32;
  std::vector<int64_t> shape;

  uint8_t *data() { return bytes.get(); }
  const uint8_t *data() const { return bytes.get(); }
  int64_t count() const { return elements; }
  int64_t byteCount() const { return elements * dtypeBytes(dtype); }
  /// Element `index` as a number: exact for every dtype.
  long double at(int64_t index) const;
  /// The same values with another dtype; fails, naming the first such element, where one has no
  /// exact form.
  Tensor converted(int dtype, const std::string &what) const;
  /// A view for the table's call; valid as long as this tensor is neither moved nor changed.
  mlc_tensor view();

private:
  struct Free {
    void operator()(uint8_t *data) const;
  };
  std::unique_ptr<uint8_t[], Free> bytes;
  int64_t elements = 0;
};

} // namespace mlc::run
#endif
