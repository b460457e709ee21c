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

def Kernel_PartAttr : AttrDef<Kernel_Dialect, "Part"> {
  let mnemonic = "part";
  let summary = "The tiles of a kernel that a launch runs, and the elements that these touch";
  let description = [{
    `tiles` is [first, end). For every input and then every result, [begins, ends) are the elements that these tiles read or write, as
    the kernel counts them; 0 and 0 for an input of which they may read anything. The launch passes and returns tensors of just these
    elements. `overwrites` lists pairs [result, input], flattened, of tensors that the launch takes whole: the result is the input but
    for the elements of the part.
  }];
  let parameters = (ins "::mlir::DenseI64ArrayAttr":$tiles, "::mlir::DenseI64ArrayAttr":$begins, "::mlir::DenseI64ArrayAttr":$ends,
                    "::mlir::DenseI64ArrayAttr":$overwrites);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// Whether the launch takes this tensor (inputs, then results) whole, to change some elements.
    bool isWhole(unsigned tensor, unsigned inputs) const;
    /// The position among the kernel's elements where the tensor that is passed begins.
    int64_t shiftOf(unsigned tensor, unsigned inputs) const {
      return isWhole(tensor, inputs) ? 0 : getBegins()[tensor];
    }
  }];
}

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

#endif
