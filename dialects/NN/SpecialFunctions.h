// Functions that the C library lacks or has with a hidden state, for the reference evaluator:
// written to be read, in long double, exact to about a unit in the last place of a double.
#ifndef MLC_DIALECTS_NN_SPECIALFUNCTIONS_H
#define MLC_DIALECTS_NN_SPECIALFUNCTIONS_H

namespace mlc::nn {

/// y with erf(y) = x; NaN beyond [-1, 1].
double inverseErrorFunction(double x);
/// log(|gamma(x)|); infinite at 0, -1, -2, ...
double logarithmOfGamma(double x);
/// Its derivative; NaN at -1, -2, ..., infinite at 0 with the sign opposite to that of x.
double digammaFunction(double x);
/// The derivative of that; infinite at 0, -1, -2, ...
double trigammaFunction(double x);

} // namespace mlc::nn
#endif
