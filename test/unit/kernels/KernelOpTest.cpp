// Ops of a dialect of the test's own share kernels with nn ops, are compiled, and have derivatives.
#include "compiler/Driver/Pipeline.h"
#include "compiler/Emit/Emit.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "compiler/Target/CpuTarget.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/Parser/Parser.h"
#include "runtime/include/mlc/mlc.h"
#include "test/unit/kernels/Extra.h"
#include "llvm/Support/FileSystem.h"
#include <cmath>
#include <dlfcn.h>
#include <gtest/gtest.h>

using namespace mlir;

namespace mlc::test {
namespace {

constexpr char kModel[] = R"(
module @extra_model {
  func.func @value(%x: tensor<?x6xf32> {nn.dims = ["n", ""]}) -> tensor<?x3xf32> {
    %e = nn.exp %x : tensor<?x6xf32>
    %r = extra.rotate %e by 2 : tensor<?x6xf32>
    %s = nn.add %r, %x : tensor<?x6xf32>
    %a, %b = extra.halves %s : tensor<?x6xf32>
    %y = nn.mul %a, %b : tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
  func.func @slope(%x: tensor<?x6xf32> {nn.dims = ["n", ""]}, %dy: tensor<?x3xf32> {nn.dims = ["n", ""]}) -> tensor<?x6xf32> {
    %y, %dx = nn.vjp @value(%x) cotangents(%dy) wrt(0) : (tensor<?x6xf32>), (tensor<?x3xf32>) -> (tensor<?x3xf32>, tensor<?x6xf32>)
    return %dx : tensor<?x6xf32>
  }
  func.func @places(%x: tensor<4x?xf32> {nn.dims = ["", "n"]}) -> tensor<2x2x?xf32> {
    %a, %b = extra.parts %x : tensor<4x?xf32>
    %e = nn.exp %a : tensor<2x?xf32>
    %s = nn.mul %b, %b : tensor<2x?xf32>
    %y = extra.stack %e, %s : tensor<2x?xf32>
    return %y : tensor<2x2x?xf32>
  }
  func.func @places_slope(%x: tensor<4x?xf32> {nn.dims = ["", "n"]}, %dy: tensor<2x2x?xf32> {nn.dims = ["", "", "n"]}) -> tensor<4x?xf32> {
    %y, %dx = nn.vjp @places(%x) cotangents(%dy) wrt(0) : (tensor<4x?xf32>), (tensor<2x2x?xf32>) -> (tensor<2x2x?xf32>, tensor<4x?xf32>)
    return %dx : tensor<4x?xf32>
  }
})";

class KernelOp : public testing::Test {
protected:
  KernelOp() : context(registry()), target(llvm::cantFail(CpuTarget::create({}))) {
    context.loadAllAvailableDialects();
    module = parseSourceString<ModuleOp>(kModel, ParserConfig(&context));
    options.target = &target;
  }
  static DialectRegistry registry() {
    DialectRegistry registry;
    registerDialects(registry);
    registerEmitDialects(registry);
    registry.insert<extra::ExtraDialect>();
    return registry;
  }
  LogicalResult run(Phase last) {
    PassManager manager(&context, ModuleOp::getOperationName());
    buildPipeline(manager, Phase::Import, last, options);
    return manager.run(*module);
  }

  MLIRContext context;
  CpuTarget target;
  PipelineOptions options;
  OwningOpRef<ModuleOp> module;
};

/// Both move elements: they share a kernel with what is computed at their positions.
TEST_F(KernelOp, SharesAKernel) {
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(run(Phase::Fuse)));
  unsigned shared = 0;
  for (func::FuncOp kernel : kernel::kernels(*module)) {
    auto has = [&](StringRef name) {
      return llvm::any_of(kernel.getBody().getOps(),
                          [&](Operation &op) { return op.getName().getStringRef() == name; });
    };
    shared += has("extra.rotate") && has("nn.add");
    shared += has("extra.halves") && has("nn.mul");
  }
  EXPECT_GE(shared, 2u);
}

/// Views are in no kernel, and kernels read and write what they view in place.
TEST_F(KernelOp, SharesMemory) {
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(run(Phase::PlanMemory)));
  for (func::FuncOp kernel : kernel::kernels(*module))
    for (Operation &op : kernel.getBody().getOps()) {
      EXPECT_NE(op.getName().getStringRef(), "extra.parts");
      EXPECT_NE(op.getName().getStringRef(), "extra.stack");
    }
  auto entry = module->lookupSymbol<func::FuncOp>("places");
  EXPECT_TRUE(entry.getBody().getOps<kernel::CopyOp>().empty());
  auto arena = entry->getAttrOfType<AffineMapAttr>(kArenaAttr).getValue();
  EXPECT_EQ(arena.getResult(0), getAffineConstantExpr(0, &context))
      << "nothing is needed beside the argument and the result";
}

TEST_F(KernelOp, ComputesValueAndDerivative) {
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(run(Phase::Host)));
  EmitOptions emit;
  emit.target = &target;
  emit.addKernelPasses = [&](OpPassManager &manager) {
    buildPipeline(manager, Phase::Emit, Phase::Emit, options);
  };
  TimingScope timing;
  FailureOr<Artifact> artifact = emitModel(*module, describeModel(*module), emit, timing);
  ASSERT_TRUE(succeeded(artifact));
  llvm::SmallString<128> path;
  int file;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("extra", "so", file, path));
  llvm::raw_fd_ostream(file, /*shouldClose=*/true)
      .write(artifact->product.data(), artifact->product.size());
  void *library = dlopen(path.c_str(), RTLD_NOW);
  llvm::sys::fs::remove(path);
  ASSERT_TRUE(library) << dlerror();
  auto find = [&](const char *name) { return dlsym(library, name); };
  void *model = nullptr;
  ASSERT_EQ(reinterpret_cast<mlc_status (*)(const void *, void **)>(find("extra_model_create"))(
                nullptr, &model),
            MLC_OK);

  const float x[12] = {0.1f, -0.2f, 0.3f, 0.5f, -0.7f, 1.1f, 0, 1, -1, 0.25f, 2, -2};
  const float dy[6] = {1, 2, -1, 0.5f, 3, -2};
  float y[6], dx[12];
  ASSERT_EQ(reinterpret_cast<mlc_status (*)(void *, const float *, int64_t, float *)>(
                find("extra_model_value"))(model, x, 2, y),
            MLC_OK);
  ASSERT_EQ(
      reinterpret_cast<mlc_status (*)(void *, const float *, const float *, int64_t, float *)>(
          find("extra_model_slope"))(model, x, dy, 2, dx),
      MLC_OK);
  for (int row = 0; row < 2; ++row) {
    double s[6], ds[6];
    auto at = [&](int i) { return static_cast<double>(x[6 * row + i]); };
    for (int i = 0; i < 6; ++i)
      s[i] = std::exp(at((i + 2) % 6)) + at(i);
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(y[3 * row + i], s[2 * i] * s[2 * i + 1], 2e-5);
      ds[2 * i] = dy[3 * row + i] * s[2 * i + 1];
      ds[2 * i + 1] = dy[3 * row + i] * s[2 * i];
    }
    for (int i = 0; i < 6; ++i)
      EXPECT_NEAR(dx[6 * row + i], ds[i] + ds[(i + 4) % 6] * std::exp(at(i)), 2e-4);
  }

  float places[12], slope[12];
  ASSERT_EQ(reinterpret_cast<mlc_status (*)(void *, const float *, int64_t, float *)>(
                find("extra_model_places"))(model, x, 3, places),
            MLC_OK);
  ASSERT_EQ(
      reinterpret_cast<mlc_status (*)(void *, const float *, const float *, int64_t, float *)>(
          find("extra_model_places_slope"))(model, x, x, 3, slope),
      MLC_OK);
  for (int i = 0; i < 12; ++i) { // with the cotangent x
    double at = x[i];
    EXPECT_NEAR(places[i], i < 6 ? std::exp(at) : at * at, 2e-5);
    EXPECT_NEAR(slope[i], i < 6 ? at * std::exp(at) : 2 * at * at, 2e-5);
  }
  reinterpret_cast<void (*)(void *)>(find("extra_model_destroy"))(model);
  dlclose(library);
}

} // namespace
} // namespace mlc::test
