#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_REPORT_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_REPORT_H

#include <string>

namespace mlc::tile {

class ProductLoops;

/// "256x768x768: register tile 12x32, ...": what was chosen for a product.
std::string textOf(const ProductLoops &loops);
/// The share of the multiply-adds' rate that tiles reach: idle lanes, loads that take longer, sums
/// that wait.
double shareOf(const ProductLoops &loops);

} // namespace mlc::tile
#endif
