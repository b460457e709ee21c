// The kernel dialect, and what its ops share.
#ifndef MLC_KERNEL_BASE
#define MLC_KERNEL_BASE

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/NN/NNInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::mlc::kernel";
  let summary = "How a model is cut into kernels, placed in memory and launched";
  let description = [{
    Between the graph (`nn`) and the loops (scf, vector, memref): the entry functions launch kernels, the memory planner
    gives every tensor a place. See dialects/Kernel/README.md for the attributes of kernel functions.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def Kernel_PlaceKind : I32EnumAttr<"PlaceKind", "where a tensor lives while an entry runs", [
    I32EnumAttrCase<"arena", 0>, I32EnumAttrCase<"input", 1>, I32EnumAttrCase<"result", 2>,
    I32EnumAttrCase<"storage", 3>, I32EnumAttrCase<"constant", 4>]> {
  let cppNamespace = "::mlc::kernel";
  let genSpecializedAttr = 0;
}

def Kernel_PlaceAttr : AttrDef<Kernel_Dialect, "Place"> {
  let mnemonic = "place";
  let summary = "The first byte of a tensor";
  let description = [{
    `index` says which input, result, storage (in order of declaration) or constant (in order of first use in the module);
    0 for the arena. `offset` gives the bytes from its start, over the entry's free dimensions as symbols.
  }];
  let parameters = (ins EnumParameter<Kernel_PlaceKind>:$kind, "int64_t":$index, "::mlir::AffineMap":$offset);
  let assemblyFormat = "`<` $kind $index `,` $offset `>`";
}

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

#endif
