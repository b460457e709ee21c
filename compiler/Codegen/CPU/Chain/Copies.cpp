#include "compiler/Codegen/CPU/Chain/Copies.h"
#include "compiler/Codegen/CPU/PlainOperand.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc::chain {

Copies::Copies(Work &work, nn::ProductOpInterface product)
    : dot(dotOf(product, work.options)), work(work), emitter(work.emitter),
      narrow(product.narrowElement()),
      bits(dot ? dot.rhsElement(work.emitter.builder) : work.element) {}

Type Copies::element() const { return dot ? Type(emitter.builder.getBF16Type()) : work.element; }

AffineExpr Copies::filled(AffineExpr count) const {
  return emitter.simplified(count.ceilDiv(products()) * products());
}

/// As they are stored: in all lanes.
Value Copies::numbersAt(const View &view, LaneIndex at) {
  if (!dot) {
    Value number = emitter.load(view.buffer, at, view.element);
    return narrow && view.element == work.element ? emitter.rounded(number, narrow) : number;
  }
  if (view.element.isBF16())
    return emitter.load(view.buffer, at, bits);
  return dot.rounded(emitter, emitter.load(view.buffer, at, view.element));
}

Value Copies::asWords(Value numbers) {
  if (!dot)
    return numbers;
  OpBuilder &builder = emitter.builder;
  int64_t lanes = cast<VectorType>(numbers.getType()).getDimSize(0) / products();
  return vector::BitCastOp::create(builder, emitter.location,
                                   VectorType::get(lanes, builder.getI32Type()), numbers);
}

Value Copies::nothing() {
  return emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(bits)));
}

/// Whole vectors, then one number after the other: few machines have masks for narrow ones.
void Copies::forNumbers(int64_t count, unsigned lanes, function_ref<void(LaneIndex)> body) {
  int64_t whole = count / lanes * lanes;
  Value middle = emitter.constantIndex(whole);
  emitter.withLanes(lanes, {}, [&] {
    emitter.forLoop(emitter.constantIndex(0), middle, lanes,
                    [&](Value at) { body({at, lanes > 1 ? 1 : 0, {}}); });
  });
  emitter.withLanes(1, {}, [&] {
    emitter.forLoop(middle, emitter.constantIndex(count), 1,
                    [&](Value at) { body(emitter.uniform(at)); });
  });
}

void Copies::copyRow(const View &view, Value from, int64_t count, Value buffer, Value to) {
  auto copy = [&](LaneIndex at) {
    LaneIndex along = emitter.mul(at, emitter.value(view.stride));
    Value number = numbersAt(view, emitter.add(emitter.uniform(from), along));
    store(buffer, emitter.add(emitter.uniform(to), at), number);
  };
  if (!dot) {
    auto elements = emitter.planLanes(emitter.constantIndex(0), emitter.constantIndex(count),
                                      bits.getIntOrFloatBitWidth(), /*unroll=*/1);
    return emitter.forLanes(elements, copy);
  }
  forNumbers(count, numberOf(view.stride) == 1 ? work.tileLanes : 1, copy);
  for (int64_t at = count; at < filled(count); ++at)
    store(buffer, emitter.uniform(emitter.add(to, at)), nothing());
}

/// Squares of words in registers, then word by word.
void Copies::transpose(const View &view, ArrayRef<Value> starts, int64_t depth, Value buffer,
                       Value to, int64_t stride) {
  int64_t lanes = starts.size(), unit = lanes > 1 ? 1 : 0, atOnce = lanes * products(),
          squares = numberOf(view.stride) == 1 ? depth / atOnce * lanes : 0;
  auto place = [&](Value word) { return emitter.add(to, emitter.mul(word, stride * products())); };
  auto square = [&](Value word) {
    SmallVector<Value> rows;
    Value first = emitter.mul(word, products());
    for (Value start : starts)
      rows.push_back(asWords(numbersAt(view, {emitter.add(start, first), unit, {}})));
    emitter.transposeSquare(rows);
    for (int64_t at = 0; at < lanes; ++at) {
      Value words = rows[at];
      if (dot)
        words = vector::BitCastOp::create(emitter.builder, emitter.location,
                                          VectorType::get(atOnce, bits), words);
      store(buffer, {place(emitter.add(word, at)), unit, {}}, words);
    }
  };
  emitter.withLanes(atOnce, {}, [&] {
    emitter.forLoop(emitter.constantIndex(0), emitter.constantIndex(squares), lanes, square);
  });
  int64_t low = squares * products();
  emitter.forLoop(
      emitter.constantIndex(low), emitter.constantIndex(filled(depth)), 1, [&](Value number) {
        Value products = emitter.constantIndex(this->products()),
              word = emitter.floorDiv(number, products),
              at = emitter.add(place(word), emitter.rem(number, products)),
              along = emitter.mul(number, emitter.value(view.stride));
        for (auto [row, start] : llvm::enumerate(starts)) {
          Value there = emitter.add(at, int64_t(row) * this->products());
          auto load = [&, start = start] {
            return numbersAt(view, emitter.uniform(emitter.add(start, along)));
          };
          auto zero = [&] { return nothing(); };
          Value exists =
              emitter.compare(arith::CmpIPredicate::slt, number, emitter.constantIndex(depth));
          Value value = depth == filled(depth) ? load() : emitter.ifElse(exists, bits, load, zero);
          store(buffer, emitter.uniform(there), value);
        }
      });
}

/// Whole words, and the last one, of which fewer numbers exist.
void Copies::forWords(Value count, function_ref<void(Value word, Value exist)> body) {
  Value products = emitter.constantIndex(this->products()),
        whole = emitter.floorDiv(count, products);
  emitter.forLoop(emitter.constantIndex(0), whole, 1, [&](Value word) { body(word, {}); });
  if (!dot)
    return;
  Value rest = emitter.rem(count, products);
  emitter.forLoop(whole, emitter.ceilDiv(count, products), 1,
                  [&](Value word) { body(word, rest); });
}

/// The numbers of a word, in turn.
SmallVector<Value> Copies::numbersOf(Word word, function_ref<Value(Value number)> numberAt) {
  SmallVector<Value> numbers;
  for (int64_t position = 0; position < products(); ++position) {
    auto load = [&] { return numberAt(emitter.add(emitter.mul(word.at, products()), position)); };
    if (!word.exist || position == 0) {
      numbers.push_back(load());
      continue;
    }
    Type type = numbers[0].getType();
    auto zero = [&] {
      return emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
    };
    Value exists =
        emitter.compare(arith::CmpIPredicate::slt, emitter.constantIndex(position), word.exist);
    numbers.push_back(emitter.ifElse(exists, type, load, zero));
  }
  return numbers;
}

void Copies::copyDepths(const View &view, const Depths &depths, Value buffer, Value to) {
  auto column = [&](Value row, int64_t low) {
    return emitter.add(row, emitter.mul(emitter.value(view.stride), low));
  };
  forWords(depths.count, [&](Value word, Value exist) {
    for (int64_t low = 0; low < depths.columns; low += depths.panelColumns) {
      Value panel = emitter.add(to, emitter.mul(emitter.value(filled(depths.size)), low)),
            line = emitter.add(panel, emitter.mul(word, depths.panelColumns * products()));
      int64_t count = std::min(depths.panelColumns, depths.columns - low);
      auto rowAt = [&](Value number) {
        return column(emitter.add(depths.first, emitter.mul(number, depths.stride)), low);
      };
      if (dot)
        copyWords(view, {word, exist}, rowAt, count, buffer, line);
      else
        copyRow(view, rowAt(word), count, buffer, line);
    }
  });
}

/// A word of some columns, side by side.
void Copies::copyWords(const View &view, Word word, function_ref<Value(Value number)> rowAt,
                       int64_t count, Value buffer, Value to) {
  forNumbers(count, numberOf(view.stride) == 1 ? work.tileLanes : 1, [&](LaneIndex column) {
    LaneIndex along = emitter.mul(column, emitter.value(view.stride));
    SmallVector<Value> numbers = numbersOf(word, [&](Value number) {
      return numbersAt(view, emitter.add(emitter.uniform(rowAt(number)), along));
    });
    Value at = emitter.add(to, emitter.mul(column.base, products()));
    if (emitter.width() > 1)
      return store(buffer, {at, 1, {}}, DotForm::inWords(emitter, numbers));
    for (auto [position, number] : llvm::enumerate(numbers))
      store(buffer, emitter.uniform(emitter.add(at, int64_t(position))), number);
  });
}

void Copies::copyCells(Value slot, Value from, Extent rows, Extent keys, bool ofRows,
                       Value buffer) {
  Value zero = emitter.constantIndex(0);
  unsigned lanes = work.tileLanes;
  Type i32 = emitter.builder.getI32Type();
  LaneIndex vector = {zero, lanes > 1 ? 1 : 0, {}};
  auto cellsAt = [&](Value key, Value row) {
    Value line = emitter.add(from, emitter.mul(key, work.rowBlock));
    LaneIndex at = emitter.add(vector, emitter.uniform(emitter.add(line, row)));
    return dot.rounded(emitter, emitter.load(slot, at, work.element));
  };
  auto overRows = [&](function_ref<void(Value row)> body) {
    emitter.withLanes(lanes, {}, [&] { emitter.forLoop(zero, rows.count, lanes, body); });
  };
  if (!ofRows)
    return forWords(keys.count, [&](Value word, Value exist) {
      overRows([&](Value row) {
        SmallVector<Value> numbers =
            numbersOf({word, exist}, [&](Value key) { return cellsAt(key, row); });
        Value at = emitter.add(emitter.mul(word, work.rowBlock), row);
        emitter.store(buffer, emitter.add(vector, emitter.uniform(at)),
                      asWords(DotForm::inWords(emitter, numbers)), i32);
      });
    });
  Value numbers = work.context.viewAs(buffer, bits),
        products = emitter.constantIndex(this->products()),
        end = emitter.mul(emitter.ceilDiv(rows.count, products), this->products());
  emitter.forLoop(zero, keys.count, 1, [&](Value key) {
    Value line = emitter.mul(key, work.rowBlock);
    overRows([&](Value row) {
      LaneIndex at = emitter.add(vector, emitter.uniform(emitter.add(line, row)));
      store(numbers, at, cellsAt(key, row));
    });
    emitter.forLoop(rows.count, end, 1, [&](Value row) {
      store(numbers, emitter.uniform(emitter.add(line, row)), nothing());
    });
  });
}

} // namespace mlc::chain
