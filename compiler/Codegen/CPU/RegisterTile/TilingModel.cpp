#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "compiler/Codegen/CPU/RegisterTile/TilingTable.h"
#include "compiler/Codegen/CPU/RegisterTile/Tuning.h"
#include "compiler/Target/RegisterTile.h"
#include "llvm/Support/MathExtras.h"
#include <limits>
#include <numeric>

namespace mlc {

/// Independent multiply-adds that keep the units busy: a latency of 4 or 5 cycles, two units.
constexpr int64_t kSumsInFlight = 12;

/// Panels side by side from which rhs is wide.
constexpr int64_t kPanelsOfWideRow = 32;

/// Panels that make it pay to pack rows of lhs that are far apart, where tiles would wait for them,
/// and where they would not.
constexpr int64_t kPanelsToPackLhs = 4, kPanelsToPackNearLhs = 8;

/// The part of L2 that rows of lhs take while panels of rhs pass by, but at least so many tiles.
constexpr int64_t kPartOfRows = 4, kFewestTiles = 4;

/// Rows of a part of a launch that make it worth packing rhs again.
constexpr int64_t kFewestRowsOfPart = 48;

/// Rows of a block where their number is free: rhs is packed again for each.
constexpr int64_t kFewestFreeRows = 256, kMostFreeRows = 1024;

/// The depth that is assumed where it is free.
constexpr int64_t kFreeDepth = 1024;

/// Columns of a block of one or two rows: so that rows of rhs are read in long pieces.
constexpr int64_t kFewestVectorColumns = 256, kMostVectorColumns = 2048;

/// Sizes of blocks that are compared.
constexpr size_t kMostSizes = 4 * kTilesForThreads;

/// Vector multiply-adds of a row of the result that make it long.
constexpr int64_t kLongRow = 1024;

/// Multiply-adds of a step along the depth that hide the way of a line from L2.
constexpr int64_t kSumsToWait = 16;

/// The least depth of a block whose sums are worth reading and writing.
constexpr int64_t kShallow = 256;

/// Products of a register tile in one chain, where nothing is packed.
constexpr int64_t kMostChain = 1536;

/// Bytes of a page: as many rows of rhs as a tile reads are as many entries of the TLB.
constexpr int64_t kPageBytes = 4096, kLineBytes = 64;

/// Bytes of packed rows of lhs that are kept: they are read in order, from L3 if need be.
constexpr int64_t kMostKeptLhs = 4 << 20;

/// Words of the depth that rows of lhs are kept of, if they are few.
constexpr int64_t kMostDepthOfWords = 4096;

/// Bytes of a row of rhs, tiles and depths of a panel from which it is copied.
constexpr int64_t kBytesOfCopiedRow = 1024, kCopiedTiles = 3, kFewestCopied = 128;

/// What sums cost that wait for the next depths: so many depths more. (Packing costs a cycle for an
/// element of rhs, which two units multiply by all rows.)
constexpr int64_t kDepthsOfSums = 12;

/// Rows that make packing a panel of rhs cheap.
constexpr int64_t kRowsToPack = 256;

/// The height of a tile, up to `most`: one that divides the rows, if it is nearly as high.
static int64_t chooseStep(int64_t size, int64_t most) {
  if (size >= 0 && size <= most)
    return std::max<int64_t>(size, 1);
  for (int64_t step = most; size >= 0 && step > most - most / 4; --step)
    if (size % step == 0)
      return step;
  return most;
}

/// Tiles cannot take rhs from where it lies.
static bool mustPackRhs(const TilingProblem &problem) {
  return !problem.panelColumns && (!problem.rhsIsPlain || !problem.rhsIsContiguous);
}

int64_t balancedBlock(int64_t size, int64_t step, int64_t most) {
  most = std::max(step, most / step * step);
  if (size < 0)
    return most; // cut evenly at run time
  int64_t blocks = std::max<int64_t>(1, llvm::divideCeil(size, most));
  return llvm::alignTo(std::max<int64_t>(1, llvm::divideCeil(size, blocks)), step);
}

int64_t Tiling::panelsOf(int64_t height) const {
  int64_t vectors = columnStep / lanes;
  int64_t wanted = llvm::divideCeil(kSumsInFlight, height * vectors);
  return std::max<int64_t>(1, std::min(wanted, (registers - 1) / ((height + 1) * vectors)));
}

/// Whether lhs is read where neighbours along the depth are far apart in memory.
static bool isStrided(const TilingProblem &problem) {
  return problem.lhsIsPlain && !problem.lhsIsContiguous;
}

/// Columns of a tile where blocks of `columns` are cut into tiles of about `unit`.
static int64_t evenUnit(int64_t columns, int64_t unit, int64_t step) {
  return llvm::alignTo(llvm::divideCeil(columns, llvm::divideCeil(columns, unit)), step);
}

static int64_t assumedDepth(const TilingProblem &problem) {
  return problem.depth < 0 ? kFreeDepth : problem.depth;
}

static bool canKeepLhs(const TilingProblem &problem) {
  return problem.depth != 0 && !(problem.hasWords && problem.depth < 0);
}

bool keepsLhs(const TilingProblem &problem, const Tiling &tiling) {
  return tiling.packLhs && canKeepLhs(problem) &&
         assumedDepth(problem) <= mostKeptDepth(problem, tiling) &&
         (problem.columns < 0 || problem.columns > tiling.columnBlock);
}

int64_t mostKeptDepth(const TilingProblem &problem, const Tiling &tiling) {
  return kMostKeptLhs / (tiling.rowBlock * int64_t(problem.bits / 8));
}

namespace {
/// The blocks of a product, and what they cost beside the multiply-adds.
class BlockModel {
public:
  BlockModel(const TilingProblem &problem, const ScheduleOptions &options, const Tiling &tiling)
      : problem(problem), tiling(tiling), l2Bytes(options.l2Bytes), bytes(problem.bits / 8),
        inParts(options.inParts),
        depth(tiling.depthBlock >= 0 ? tiling.depthBlock : assumedDepth(problem)) {}

  /// Half of L2: a block of rhs survives while the rows of lhs and of the result pass by.
  int64_t mostColumns() const {
    return std::max(tiling.columnStep, l2Bytes / 2 / std::max<int64_t>(depth * bytes, 1));
  }
  int64_t mostRows(int64_t columns) const {
    if (passesPanels()) { // rows stay in L2 meanwhile, and so do sums that wait
      int64_t perRow = std::max(depth, columns) * bytes;
      return std::max(kFewestTiles * tiling.rowStep, l2Bytes / kPartOfRows / perRow);
    }
    int64_t sums = isDepthCut() ? mostColumns() * bytes : 0; // of a row of the block
    int64_t perRow = sums + (tiling.packLhs ? depth * bytes : 0);
    if (!perRow)
      return llvm::alignTo(std::max(problem.rows, freeRows()), tiling.rowStep);
    int64_t most = std::max(tiling.rowStep, l2Bytes / perRow);
    // A free depth is kept for products of several blocks of columns only: it might not fit.
    bool isNarrow = problem.columns >= 0 && problem.columns <= mostColumns();
    if (!tiling.packLhs || !canKeepLhs(problem) || (problem.depth < 0 && isNarrow))
      return most;
    int64_t kept = kMostKeptLhs / (assumedDepth(problem) * bytes);
    return std::max(most, sums ? std::min(kept, kSumsOfKept * l2Bytes / sums) : kept);
  }
  /// Whether a worker packs columns of rhs for all rows that it has of them.
  bool packsRhsOnce(int64_t columns) const {
    return tiling.packRhs && !tiling.packLhs && !passesPanels() && !inParts &&
           problem.rows <= mostRows(columns);
  }
  /// Tiles that the threads of a machine can share, none so small that a fork costs more.
  int64_t wantedTiles() const {
    double work =
        double(problem.rows) * double(problem.columns) * double(std::max(problem.depth, depth));
    int64_t all = std::clamp<int64_t>(int64_t(work * double(problem.batch) / kWorkOfTile),
                                      work < kWorkOfFork ? 1 : 2, kTilesForThreads);
    return llvm::divideCeil(all, problem.batch);
  }
  /// Columns of a tile of the grid, so that there are enough.
  int64_t columnUnit(int64_t rows, int64_t columns) const {
    int64_t rowBlocks = std::max<int64_t>(1, llvm::divideCeil(problem.rows, rows));
    int64_t wanted = llvm::divideCeil(wantedTiles(), rowBlocks);
    int64_t most = std::max(problem.columns / wanted / tiling.columnStep * tiling.columnStep,
                            tiling.columnStep);
    return std::min(columns, most);
  }
  /// Multiply-adds that the busier of two threads has beyond its half.
  double imbalance(int64_t rows, int64_t unit) const {
    int64_t units = llvm::divideCeil(problem.columns, unit),
            tiles = units * llvm::divideCeil(problem.rows, rows), half = tiles - tiles / 2;
    double first = 0;
    for (int64_t tile = 0; tile < half; ++tile)
      first += double(std::min(rows, problem.rows - tile / units * rows)) *
               double(std::min(unit, problem.columns - tile % units * unit));
    return std::abs(first - double(problem.rows) * double(problem.columns) / 2) * double(depth);
  }
  /// Cycles, roughly, for all blocks together.
  double cost(int64_t rows, int64_t columns) const {
    double tilesOfRows = double(llvm::divideCeil(problem.rows, rows)),
           rowBlocks = packsRhsOnce(columns) ? 1 : tilesOfRows,
           columnBlocks = double(llvm::divideCeil(problem.columns, columns)),
           lhs = double(problem.rows) * double(depth),
           rhs = double(problem.columns) * double(depth);
    // What a quarter of L2 holds stays there.
    double readRhs = rhs * double(bytes) <= double(l2Bytes) / 4 ? kReadNearCycles : kReadCycles;
    bool isNear = double(rows) * double(depth * bytes) <= 2.0 * double(l2Bytes);
    double readLhs = isStrided(problem) ? kReadStridedCycles
                     : isNear           ? kReadNearCycles
                                        : kReadCycles;
    Tiling blocks = tiling;
    blocks.rowBlock = rows;
    blocks.columnBlock = columns;
    double packs = keepsLhs(problem, blocks) ? 1 : columnBlocks;
    double result =
        passesPanels()
            ? (tiling.packLhs ? lhs * packs * kPackCycles : 0) + rhs * rowBlocks * kReadNearCycles
            : (tiling.packLhs ? lhs * packs * kPackCycles : lhs * columnBlocks * readLhs) +
                  rhs * rowBlocks * (tiling.packRhs ? kPackCycles : readRhs);
    int64_t unit = columnUnit(rows, columns);
    double tiles = tilesOfRows * double(llvm::divideCeil(problem.columns, unit)),
           wanted = double(wantedTiles());
    if (wanted > 1 && wanted < double(kTilesForThreads)) // of many tiles nobody waits for the last
      result += imbalance(rows, evenUnit(columns, unit, tiling.columnStep)) / (2 * tiling.lanes);
    return tiles >= wanted ? result : result + double(1e12) * (wanted - tiles);
  }

private:
  /// Whether panels pass by rows that stay; where their number is free, mostly.
  bool passesPanels() const { return problem.panelColumns || tiling.copiesRhs; }
  /// The fewer columns there are for threads to share, the more blocks of rows there must be.
  int64_t freeRows() const {
    if (problem.columns < 0)
      return kMostFreeRows;
    int64_t units = problem.columns / (2 * tiling.columnStep);
    return std::clamp(kMostFreeRows * units / kTilesForThreads, kFewestFreeRows, kMostFreeRows);
  }
  bool isDepthCut() const {
    return tiling.depthBlock >= 0 && (problem.depth < 0 || problem.depth > tiling.depthBlock);
  }

  /// Cycles for an element that is packed, and for one that is read from L3 or memory; the rows of
  /// lhs are read again for every block of columns, from nearby if L2 holds about half of them.
  static constexpr double kPackCycles = 1, kReadCycles = 0.5, kReadNearCycles = 0.1,
                          kReadStridedCycles = 1;
  /// Multiply-adds of a tile, and of a product that is worth a fork.
  static constexpr double kWorkOfTile = 1 << 19, kWorkOfFork = 1 << 18;
  /// Sums that wait for the next depths are read and written once for each: they may be in L3.
  static constexpr int64_t kSumsOfKept = 2;

  const TilingProblem &problem;
  const Tiling &tiling;
  int64_t l2Bytes, bytes;
  bool inParts;
  int64_t depth;
};
} // namespace

/// The sizes of blocks of nearly equal size, from the largest of at most `most` down.
static llvm::SmallVector<int64_t> blockSizes(int64_t size, int64_t step, int64_t most) {
  llvm::SmallVector<int64_t> sizes;
  int64_t steps = llvm::divideCeil(std::max<int64_t>(size, 1), step),
          blocks = llvm::divideCeil(steps, std::max<int64_t>(most / step, 1));
  for (; blocks <= steps && sizes.size() < kMostSizes; ++blocks)
    if (int64_t block = llvm::divideCeil(steps, blocks) * step;
        sizes.empty() || sizes.back() != block)
      sizes.push_back(block);
  return sizes;
}

/// Sets blocks of about `columns`, cut into tiles of about `unit` for the grid.
static void setColumns(int64_t columns, int64_t unit, Tiling &tiling) {
  tiling.columnUnit = evenUnit(columns, unit, tiling.columnStep);
  tiling.columnBlock = llvm::divideCeil(columns, unit) * tiling.columnUnit;
}

/// Blocks are as large as caches allow, in enough tiles for the threads of a machine.
static void chooseBlocks(const TilingProblem &problem, const ScheduleOptions &options,
                         Tiling &tiling) {
  BlockModel model(problem, options, tiling);
  int64_t step = tiling.columnStep;
  if (problem.rows < 0 || problem.columns < 0) {
    int64_t shared = problem.columns < 0 ? 4 * step : problem.columns / kTilesForThreads;
    int64_t most = std::max(2 * step, model.mostColumns());
    tiling.columnUnit = balancedBlock(problem.columns, step, std::clamp(shared, 2 * step, most));
    int64_t units = problem.columns < 0 ? most : std::min(most, problem.columns);
    tiling.columnBlock = std::max<int64_t>(1, units / tiling.columnUnit) * tiling.columnUnit;
    tiling.rowBlock = balancedBlock(problem.rows, tiling.rowStep,
                                    std::min(model.mostRows(tiling.columnBlock), kMostFreeRows));
    return;
  }
  auto mostRows = [&](int64_t columns) {
    int64_t most = model.mostRows(columns);
    if (options.inParts)
      most = std::min(most, std::max(kFewestRowsOfPart, problem.rows / kPartsOfRows));
    return most;
  };
  double least = std::numeric_limits<double>::infinity();
  for (int64_t columns : blockSizes(problem.columns, step, model.mostColumns()))
    for (int64_t rows : blockSizes(problem.rows, tiling.rowStep, mostRows(columns)))
      if (double cost = model.cost(rows, columns); cost < least) {
        least = cost;
        tiling.rowBlock = rows;
        setColumns(columns, model.columnUnit(rows, columns), tiling);
      }
  if (model.packsRhsOnce(tiling.columnUnit) && tiling.rowBlock < problem.rows) {
    tiling.columnBlock = tiling.columnUnit;
    tiling.rowUnit = tiling.rowBlock;
    tiling.rowBlock = llvm::alignTo(problem.rows, tiling.rowUnit);
  }
}

/// Vectors side by side in a register tile: four or eight where the rows are too few to fill the
/// registers.
static int64_t chooseVectors(const TilingProblem &problem, unsigned lanes, int64_t registers) {
  if (problem.panelColumns)
    return problem.panelColumns / lanes;
  if (problem.rows < 0 || problem.rows > 4)
    return vectorsOfTile(problem.columns, lanes, registers);
  int64_t vectors = problem.rows > 2 ? 4 : 8, columns = std::max<int64_t>(problem.columns, 1);
  return problem.columns < 0 ? vectors
                             : std::min<int64_t>(vectors, llvm::divideCeil(columns, lanes));
}

/// Rows of lhs whose lines L1 holds at once, wherever its sets send them: rows that are a multiple
/// of a way apart all meet in one set. (A way is a page where the cache is indexed before addresses
/// are translated.)
static int64_t mostRowsInCache(const TilingProblem &problem, const ScheduleOptions &options) {
  if (!problem.lhsIsPlain || !problem.lhsIsContiguous || problem.depth == 0)
    return std::numeric_limits<int64_t>::max();
  // A free depth may be a multiple of anything.
  int64_t stride = problem.depth < 0 ? kPageBytes : problem.depth * problem.bits / 8;
  int64_t ways = std::max<int64_t>(1, options.l1Bytes / kPageBytes);
  return ways * (kPageBytes / std::gcd(stride, kPageBytes));
}

/// Sets the register tile: rows for what is left of the registers after the vectors of rhs and the
/// broadcast element of lhs; 12 suffice for the latency of a multiply-add.
static void setTile(const TilingProblem &problem, const ScheduleOptions &options, int64_t vectors,
                    Tiling &tiling) {
  int64_t registers = options.lanes.registers;
  int64_t mostRows =
      std::min<int64_t>(kSumsInFlight, std::max<int64_t>(1, (registers - vectors - 2) / vectors));
  // Without a loop neighbouring tiles overlap: lower ones do, and leave fewer rows over.
  if (problem.depth >= 0 && problem.depth <= kShortDepth)
    mostRows = std::min<int64_t>(mostRows, kShortDepth);
  tiling.registers = registers;
  tiling.rowStep = chooseStep(problem.rows, std::min(mostRows, mostRowsInCache(problem, options)));
  tiling.columnStep = vectors * tiling.lanes;
}

/// Whether rows of rhs lie so that tiles had better copy them: apart by more than a prefetcher
/// follows, not at whole cache lines, or so many in few sets of L2 that they displace each other.
static bool isWorthCopy(const TilingProblem &problem, const ScheduleOptions &options) {
  if (problem.columns < 0 || problem.depth <= kShortDepth)
    return false;
  int64_t stride = problem.columns * problem.bits / 8;
  bool isNear = problem.depth * stride <= 2 * options.l1Bytes;
  return !isNear && (stride >= kBytesOfCopiedRow || stride % kLineBytes != 0 ||
                     problem.depth * std::gcd(stride, kPageBytes) > options.l2Bytes / 2);
}

/// What is packed, and how deep a packed block is.
static void choosePacking(const TilingProblem &problem, const ScheduleOptions &options,
                          Tiling &tiling) {
  int64_t bytes = problem.bits / 8;
  // Rows of rhs that are far apart for what a tile reads of each cost a TLB entry and a line that
  // no prefetch finds: then a packed panel pays, if enough rows use it.
  bool isWide = problem.columns < 0 || problem.columns >= kPanelsOfWideRow * tiling.columnStep ||
                problem.columns * bytes >= kPageBytes ||
                (problem.rows >= kRowsToPack && problem.columns * bytes >= kPageBytes / 2);
  bool isTall = problem.rows < 0 || problem.rows > kMostRowsInPlace;
  // A column of lhs, one element in each row of memory, falls into few sets of L1 and takes a TLB
  // entry for each element: packed, if enough columns use it; if a tile has multiply-adds enough to
  // wait for it, only for so many that packing costs nothing.
  bool hasSums = tiling.rowStep * tiling.columnStep / tiling.lanes >= kSumsToWait;
  int64_t panels = hasSums ? kPanelsToPackNearLhs : kPanelsToPackLhs;
  bool isScattered = isStrided(problem) &&
                     (problem.rows < 0 || problem.rows * bytes >= kPageBytes / 2) &&
                     (problem.columns < 0 || problem.columns >= panels * tiling.columnStep);
  tiling.packLhs = !problem.lhsIsPlain || (isScattered && !problem.lhsIsNested);
  // A packed panel of rhs takes up to a quarter of L2, so that it survives a pass over the rows of
  // lhs; a deeper product is cut.
  // Where rows of lhs are far apart, blocks are shallow, for wide blocks that read each row once.
  // So are those of words too deep to keep: rows of lhs are packed for every block of columns.
  bool isShallow = isStrided(problem) || (problem.hasWords && problem.depth > kMostDepthOfWords);
  int64_t mostDepth =
      isShallow
          ? kShallow
          : std::clamp<int64_t>(options.l2Bytes / 4 / (tiling.columnStep * bytes), kShallow, 1024);
  bool isDeep = problem.depth > mostDepth + mostDepth / 2;
  int64_t copied = std::max(kFewestCopied, 3 * options.l1Bytes / 4 / (tiling.columnStep * bytes));
  tiling.copiesRhs =
      canCopyRhs(problem) && isWorthCopy(problem, options) &&
      problem.rows >= kCopiedTiles * tiling.rowStep &&
      problem.rows * kDepthsOfSums <= 2 * tiling.lanes * copied &&
      problem.rows * std::min(copied, problem.depth) * bytes <= options.l2Bytes / kPartOfRows;
  if (tiling.copiesRhs) {
    tiling.packRhs = true;
    tiling.depthBlock = balancedBlock(problem.depth, 1, copied);
    return;
  }
  tiling.packRhs = mustPackRhs(problem) || (!problem.panelColumns && (isWide || isDeep) && isTall);
  bool isPacked = tiling.packLhs || tiling.packRhs || (problem.panelColumns && isDeep);
  if (!isPacked) { // sums of a free or large depth in one chain would lose digits
    if (problem.depth < 0 || problem.depth > 2 * kMostChain)
      tiling.depthBlock = balancedBlock(problem.depth, 1, kMostChain);
    return;
  }
  tiling.depthBlock = problem.depth < 0 ? std::max(mostDepth / 2, kShallow)
                      : isDeep          ? balancedBlock(problem.depth, 1, mostDepth)
                                        : problem.depth;
}

/// The model's choice.
static Tiling modelTiling(const TilingProblem &problem, const ScheduleOptions &options) {
  if (problem.matrixRows)
    return matrixTiling(problem, options);
  Tiling tiling;
  tiling.lanes = options.lanes.lanes(problem.bits);
  bool isTail = !problem.hasWords && columnsOver(problem.columns, tiling.lanes);
  if (problem.columns >= 0 && !problem.panelColumns && !isTail)
    tiling.lanes =
        std::min<unsigned>(tiling.lanes, llvm::PowerOf2Ceil(std::max<int64_t>(problem.columns, 1)));
  setTile(problem, options, chooseVectors(problem, tiling.lanes, options.lanes.registers), tiling);
  // Code for every height pays where a row costs more than its bookkeeping.
  bool isLong = problem.depth < 0 || problem.columns < 0 ||
                problem.depth * problem.columns >= kLongRow * tiling.lanes;
  tiling.balancesRows = problem.rows >= 0 || isLong;
  if (isVectorProduct(problem)) {
    int64_t most =
        std::clamp(problem.columns / kTilesForThreads, kFewestVectorColumns, kMostVectorColumns);
    // Of three tiles one of two threads has two.
    int64_t tiles = llvm::divideCeil(std::max<int64_t>(problem.columns, 0), most);
    if (tiles > 1 && tiles < kTilesForThreads)
      most = llvm::divideCeil(problem.columns, tiles + tiles % 2);
    tiling.columnBlock = tiling.columnUnit =
        balancedBlock(problem.columns, tiling.columnStep, llvm::alignTo(most, tiling.columnStep));
    tiling.rowBlock = problem.rows;
    return tiling;
  }
  choosePacking(problem, options, tiling);
  chooseBlocks(problem, options, tiling);
  return tiling;
}

void cutColumns(const TilingProblem &problem, const ScheduleOptions &options, Tiling &tiling) {
  tiling.columnUnit = tiling.columnBlock;
  if (problem.rows >= 0 && problem.columns >= 0)
    setColumns(tiling.columnBlock,
               BlockModel(problem, options, tiling).columnUnit(tiling.rowBlock, tiling.columnBlock),
               tiling);
}

const Tiling *knownTiling(const TilingProblem &problem, const ScheduleOptions &options) {
  if (!options.tilings || !isTunable(problem))
    return nullptr;
  return options.tilings->find(TilingTable::targetOf(options), textOf(problem));
}

Tiling chooseTiling(const TilingProblem &problem, const ScheduleOptions &options) {
  Tiling tiling = modelTiling(problem, options);
  if (const Tiling *found = knownTiling(problem, options))
    if (takeOver(*found, problem, tiling))
      cutColumns(problem, options, tiling);
  return tiling;
}

//===-- Candidates --------------------------------------------------------------------------===//

/// Tiles whose sums hide the latency of a multiply-add.
constexpr int64_t kFewestSums = 8;

static bool isSame(const Tiling &a, const Tiling &b) {
  return a.rowStep == b.rowStep && a.columnStep == b.columnStep && a.rowBlock == b.rowBlock &&
         a.columnBlock == b.columnBlock && a.depthBlock == b.depthBlock && a.packLhs == b.packLhs &&
         a.packRhs == b.packRhs;
}

/// `tiling` with blocks as the model chooses them, and with wider and narrower ones.
static void addBlocks(const TilingProblem &problem, const ScheduleOptions &options, Tiling tiling,
                      llvm::SmallVectorImpl<Tiling> &all) {
  chooseBlocks(problem, options, tiling);
  int64_t step = tiling.columnStep, columns = tiling.columnBlock, rows = tiling.rowBlock;
  auto add = [&](int64_t rowBlock, int64_t columnBlock) {
    tiling.rowBlock = balancedBlock(problem.rows, tiling.rowStep, rowBlock);
    tiling.columnBlock = balancedBlock(problem.columns, step, columnBlock);
    cutColumns(problem, options, tiling);
    if (llvm::none_of(all, [&](const Tiling &other) { return isSame(other, tiling); }))
      all.push_back(tiling);
  };
  add(rows, columns);
  add(rows, 2 * columns);
  add(rows, columns / 2);
  add(rows / 2, columns);
  add(rows / 2, 2 * columns);
}

llvm::SmallVector<Tiling> candidateTilings(const TilingProblem &problem,
                                           const ScheduleOptions &options) {
  llvm::SmallVector<Tiling> all = {modelTiling(problem, options)};
  Tiling tiling = all.front();
  int64_t own = tiling.columnStep / tiling.lanes;
  llvm::SmallVector<int64_t> widths = {own};
  for (int64_t vectors : {1, 2, 3, 4})
    if (vectors != own && !problem.panelColumns &&
        (problem.columns < 0 ||
         vectors <= int64_t(llvm::divideCeil(problem.columns, tiling.lanes))))
      widths.push_back(vectors);
  for (int64_t vectors : widths) {
    setTile(problem, options, vectors, tiling);
    if (vectors != own && tiling.rowStep * vectors < kFewestSums)
      continue;
    for (bool packRhs : {all[0].packRhs, !all[0].packRhs}) {
      if (packRhs ? problem.panelColumns != 0 : mustPackRhs(problem))
        continue;
      for (bool packLhs : {all[0].packLhs, !all[0].packLhs}) {
        if (packLhs && problem.lhsIsContiguous)
          continue;
        for (int64_t depth : {int64_t(256), int64_t(512), int64_t(1024), problem.depth}) {
          if (depth < 0 || (problem.depth >= 0 && depth > problem.depth))
            continue;
          tiling.packRhs = packRhs;
          tiling.copiesRhs = false;
          tiling.packLhs = packLhs;
          tiling.depthBlock = problem.depth < 0 ? depth : balancedBlock(problem.depth, 1, depth);
          addBlocks(problem, options, tiling, all);
        }
      }
    }
  }
  return all;
}

} // namespace mlc
