// Emits a model whose host program is written by hand, loads the library and calls it: header,
// tables, wrappers, symbols, needed libraries and the same bytes twice.
#include "compiler/Emit/Emit.h"
#include "compiler/Emit/CHeader.h"
#include "compiler/Emit/Link.h"
#include "compiler/Target/CpuTarget.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"

#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>

using namespace mlir;
using namespace mlc;

namespace {

/// result[i] = 2 x[i] for batch x 3 elements, and one check that fails for batch 13.
constexpr const char *kHost = R"(
module @doubler {
  module @mlc.host {
    llvm.func @twice.run(%frame: !llvm.ptr) -> i32 {
      %zero = llvm.mlir.constant(0 : i64) : i64
      %one = llvm.mlir.constant(1 : i64) : i64
      %three = llvm.mlir.constant(3 : i64) : i64
      %thirteen = llvm.mlir.constant(13 : i64) : i64
      %two = llvm.mlir.constant(2.0 : f32) : f32
      %ok = llvm.mlir.constant(0 : i32) : i32
      %failed = llvm.mlir.constant(1 : i32) : i32
      %dims = llvm.load %frame : !llvm.ptr -> !llvm.ptr
      %inputs_slot = llvm.getelementptr %frame[8] : (!llvm.ptr) -> !llvm.ptr, i8
      %results_slot = llvm.getelementptr %frame[16] : (!llvm.ptr) -> !llvm.ptr, i8
      %inputs = llvm.load %inputs_slot : !llvm.ptr -> !llvm.ptr
      %results = llvm.load %results_slot : !llvm.ptr -> !llvm.ptr
      %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
      %y = llvm.load %results : !llvm.ptr -> !llvm.ptr
      %batch = llvm.load %dims : !llvm.ptr -> i64
      %bad = llvm.icmp "eq" %batch, %thirteen : i64
      llvm.cond_br %bad, ^fail, ^begin
    ^fail:
      llvm.return %failed : i32
    ^begin:
      %n = llvm.mul %batch, %three : i64
      llvm.br ^head(%zero : i64)
    ^head(%i: i64):
      %more = llvm.icmp "slt" %i, %n : i64
      llvm.cond_br %more, ^body, ^done
    ^body:
      %from = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      %to = llvm.getelementptr %y[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      %v = llvm.load %from : !llvm.ptr -> f32
      %w = llvm.fmul %v, %two : f32
      llvm.store %w, %to : f32, !llvm.ptr
      %next = llvm.add %i, %one : i64
      llvm.br ^head(%next : i64)
    ^done:
      llvm.return %ok : i32
    }
    llvm.func @twice.check_sizes(%dims: !llvm.ptr) -> i32 {
      %zero = llvm.mlir.constant(0 : i32) : i32
      llvm.return %zero : i32
    }
    llvm.func @twice.scratch_bytes(%dims: !llvm.ptr) -> i64 {
      %zero = llvm.mlir.constant(0 : i64) : i64
      llvm.return %zero : i64
    }
    llvm.func @twice.arena_bytes(%dims: !llvm.ptr) -> i64 {
      %zero = llvm.mlir.constant(0 : i64) : i64
      llvm.return %zero : i64
    }
    llvm.func @twice.result_shape(%dims: !llvm.ptr, %result: i32, %shape: !llvm.ptr) {
      %three = llvm.mlir.constant(3 : i64) : i64
      %batch = llvm.load %dims : !llvm.ptr -> i64
      llvm.store %batch, %shape : i64, !llvm.ptr
      %second = llvm.getelementptr %shape[8] : (!llvm.ptr) -> !llvm.ptr, i8
      llvm.store %three, %second : i64, !llvm.ptr
      llvm.return
    }
    llvm.func @twice.cost(%dims: !llvm.ptr, %out: !llvm.ptr) {
      llvm.return
    }
  }
}
)";

ModelDescription doubler() {
  ModelDescription model;
  model.name = "doubler";
  EntryDescription entry;
  entry.name = "twice";
  TensorDescription x;
  x.name = "x";
  x.shape = {kFreeDim, 3};
  x.dimNames = {"batch", ""};
  x.dimIndex = {0, -1};
  TensorDescription y = x;
  y.name = "result0";
  y.dimIndex.clear();
  entry.inputs = {x};
  entry.results = {y};
  entry.dims = {"batch"};
  entry.checkSizesSymbol = "twice.check_sizes";
  entry.runSymbol = "twice.run";
  entry.arenaBytesSymbol = "twice.arena_bytes";
  entry.scratchBytesSymbol = "twice.scratch_bytes";
  entry.resultShapeSymbol = "twice.result_shape";
  entry.costSymbol = "twice.cost";
  model.entries = {entry};
  StorageDescription parameters;
  parameters.name = "parameters";
  parameters.bytes = 64;
  StorageDescription rate;
  rate.name = "learning_rate";
  rate.kind = MLC_STORAGE_HYPERPARAMETER;
  rate.bytes = 4;
  rate.initial = 0.25;
  rate.most = 2;
  model.storages = {parameters, rate};
  MemberDescription weight;
  weight.tensor.name = "weight";
  weight.tensor.shape = {2, 2};
  weight.tensor.trainable = true;
  weight.a = 1.5;
  model.members = {weight};
  model.checks = {{"batch is thirteen", MLC_INDEX_OUT_OF_RANGE}};
  return model;
}

class Emit : public testing::Test {
protected:
  Emit() : context(registry()) { context.loadDialect<LLVM::LLVMDialect>(); }
  static DialectRegistry registry() {
    DialectRegistry registry;
    registerEmitDialects(registry);
    return registry;
  }

  Artifact emit(Product product, CpuOptions targetOptions = {}) {
    auto module = parseSourceString<ModuleOp>(kHost, &context);
    auto target = llvm::cantFail(CpuTarget::create(targetOptions));
    EmitOptions options;
    options.product = product;
    options.target = &target;
    TimingScope timing;
    FailureOr<Artifact> artifact = emitModel(*module, doubler(), options, timing);
    EXPECT_TRUE(succeeded(artifact));
    return succeeded(artifact) ? std::move(*artifact) : Artifact();
  }

  static std::string write(const std::string &name, llvm::StringRef content) {
    std::string path = testing::TempDir() + name;
    std::ofstream(path, std::ios::binary).write(content.data(), content.size());
    return path;
  }
  static llvm::StringRef text(const Bytes &bytes) { return {bytes.data(), bytes.size()}; }

  MLIRContext context;
};

/// Defined global symbols of an object, or the dynamic ones of a library.
std::vector<std::string> globals(const Bytes &bytes, bool dynamic, bool undefined = false) {
  auto object = llvm::cantFail(llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(bytes.data(), bytes.size()), "object")));
  auto *elf = llvm::cast<llvm::object::ELFObjectFileBase>(object.get());
  std::vector<std::string> names;
  auto add = [&](llvm::object::SymbolRef symbol) {
    uint32_t flags = llvm::cantFail(symbol.getFlags());
    bool isUndefined = flags & llvm::object::SymbolRef::SF_Undefined;
    if ((flags & llvm::object::SymbolRef::SF_Global) && isUndefined == undefined)
      names.push_back(llvm::cantFail(symbol.getName()).str());
  };
  if (dynamic)
    llvm::for_each(elf->getDynamicSymbolIterators(), add);
  else
    llvm::for_each(elf->symbols(), add);
  llvm::sort(names);
  return names;
}

TEST_F(Emit, LibraryRuns) {
  Artifact artifact = emit(Product::SharedLibrary);
  std::string path = write("emit_doubler.so", text(artifact.product));
  EXPECT_LT(artifact.product.size(), 150u * 1024);
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  auto table = reinterpret_cast<const mlc_model_table *(*)()>(dlsym(library, "mlc_model_v1"))();
  EXPECT_STREQ(table->name, "doubler");
  EXPECT_EQ(table->struct_size, sizeof(mlc_model_table));
  EXPECT_STREQ(table->entries[0].dim_names[0], "batch");
  EXPECT_EQ(table->entries[0].inputs[0].shape[1], 3);
  EXPECT_STREQ(table->parameters[0].name, "weight");
  EXPECT_STREQ(table->hyperparameters[0], "learning_rate");

  void *model = nullptr;
  ASSERT_EQ(table->create(nullptr, &model), MLC_OK) << table->last_error(nullptr);
  float weight[4] = {};
  EXPECT_EQ(table->get_parameter(model, "weight", weight, sizeof weight), MLC_OK);
  EXPECT_EQ(weight[3], 1.5f);
  double rate = 0;
  EXPECT_EQ(table->get_hyperparameter(model, "learning_rate", &rate), MLC_OK);
  EXPECT_EQ(rate, 0.25);

  auto twice = reinterpret_cast<mlc_status (*)(void *, const float *, int64_t, float *)>(
      dlsym(library, "doubler_twice"));
  float x[6] = {1, 2, 3, 4, 5, 6}, y[39] = {};
  ASSERT_EQ(twice(model, x, 2, y), MLC_OK);
  EXPECT_EQ(y[5], 12.0f);
  float x13[39] = {};
  EXPECT_NE(twice(model, x13, 13, y), MLC_OK);
  EXPECT_NE(std::string(table->last_error(model)).find("batch is thirteen"), std::string::npos);

  auto shapeOf = reinterpret_cast<mlc_status (*)(void *, int64_t, int32_t, int64_t *)>(
      dlsym(library, "doubler_twice_shape"));
  int64_t shape[2] = {};
  EXPECT_EQ(shapeOf(model, 7, 0, shape), MLC_OK);
  EXPECT_EQ(shape[0], 7);
  EXPECT_EQ(shape[1], 3);
  table->destroy(model);
  dlclose(library);
}

TEST_F(Emit, LibraryExportsTheHeaderAlone) {
  Artifact artifact = emit(Product::SharedLibrary);
  std::vector<std::string> expected = exportedFunctions(doubler());
  expected.push_back("mlc_model_v1");
  llvm::sort(expected);
  EXPECT_EQ(globals(artifact.product, /*dynamic=*/true), expected);
  llvm::StringRef library = text(artifact.product);
  EXPECT_TRUE(library.contains("libc.so.6"));
  EXPECT_FALSE(library.contains("libstdc++") || library.contains("libLLVM"));
}

TEST_F(Emit, TheSameInputGivesTheSameBytes) {
  for (Product product :
       {Product::SharedLibrary, Product::Archive, Product::Object, Product::Assembly})
    EXPECT_EQ(text(emit(product).product), text(emit(product).product));
}

TEST_F(Emit, ObjectHidesAllButTheModel) {
  std::vector<std::string> expected = exportedFunctions(doubler());
  llvm::sort(expected);
  EXPECT_EQ(globals(emit(Product::Object).product, /*dynamic=*/false), expected);
}

TEST_F(Emit, ForeignObjectNeedsTheRuntime) {
  CpuOptions arm;
  arm.triple = "aarch64-linux-musl";
  Bytes object = emit(Product::Object, arm).product;
  EXPECT_EQ(object[18], char(llvm::ELF::EM_AARCH64));
  std::vector<std::string> needed = globals(object, /*dynamic=*/false, /*undefined=*/true);
  EXPECT_TRUE(llvm::is_contained(needed, "mlc_rt_create"));
}

TEST_F(Emit, TextProducts) {
  EXPECT_TRUE(text(emit(Product::LlvmIr).product).contains("@twice.run("));
  EXPECT_TRUE(text(emit(Product::Assembly).product).contains("doubler_twice:"));
}

TEST(Link, RefusesWhatIsNoObject) {
  std::vector<Bytes> objects{Bytes{'n', 'o'}};
  for (auto link : {linkSharedLibrary, linkObject})
    for (int time = 0; time < 2; ++time) { // a failure leaves the linker usable
      std::string message = llvm::toString(link(objects, LinkOptions()).takeError());
      EXPECT_EQ(message.find("linking failed: ld.lld: error: "), 0u) << message;
    }
}

TEST_F(Emit, HeaderIsCAndCpp) {
  std::string header = emit(Product::Header).header;
  EXPECT_NE(header.find("mlc_status doubler_twice(doubler *model, const float *x, int64_t batch, "
                        "float *result0);"),
            std::string::npos);
  EXPECT_NE(header.find("twice(x: f32 [batch, 3]) -> (result0: f32 [batch, 3])"),
            std::string::npos);
  std::string path = write("emit_doubler.h", header);
  std::string c =
      write("emit_header.c",
            "#include \"" + path + "\"\n#include \"" + path +
                "\"\nint main(void) { doubler *m = 0; return (int)doubler_create(0, &m); }\n");
  std::string strict = " -Wall -Wextra -Werror -pedantic -fsyntax-only ";
  EXPECT_EQ(std::system(("cc -std=c99" + strict + c).c_str()), 0);
  EXPECT_EQ(std::system(("c++ -std=c++11 -x c++" + strict + c).c_str()), 0);
}

} // namespace
