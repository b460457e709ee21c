#include "dialects/NN/Suggestions.h"
#include <algorithm>
#include <cctype>
#include <sstream>

namespace mlc {

namespace {
/// What others call what we call `ours`: words in lower case, without underscores and dashes.
struct Synonyms {
  std::string_view ours, theirs;
  bool contains(const std::string &word) const {
    return (" " + std::string(theirs) + " ").find(" " + word + " ") != std::string::npos;
  }
};
} // namespace

/// Of operations, attributes, their parameters, clauses and options of the tools: a word may have
/// several meanings, of which those count that the place knows.
static constexpr Synonyms kSynonyms[] = {
    // operations
    {"linear", "dense fc fullyconnected affine"},
    {"matmul", "gemm mm bmm dot"},
    {"contract", "einsum tensordot dotgeneral"},
    {"attention", "sdpa scaleddotproductattention multiheadattention mha flashattention"},
    {"rope", "rotary rotaryembedding rotaryposemb applyrotaryposemb"},
    {"interpolate", "resize upsample upsamplingbilinear2d upsamplingnearest2d bilinear bicubic"},
    {"pixel_shuffle", "depthtospace"},
    {"pixel_unshuffle", "spacetodepth"},
    {"grid_sample", "gridsampler spatialtransformer"},
    {"roi_align", "roipool"},
    {"local_response_norm", "lrn"},
    {"sample", "multinomial categorical randomcategorical gumbelmax"},
    {"swiglu", "siluandmul swiglumul"},
    {"geglu", "geluandmul"},
    {"conv", "convolution conv1d conv2d conv3d"},
    {"conv_transpose", "convtranspose2d convtranspose deconvolution deconv"},
    {"max_pool", "maxpool2d poolmax maxpooling"},
    {"avg_pool", "averagepool avgpool2d poolsum averagepooling"},
    {"adaptive_max_pool",
     "adaptivemaxpool2d globalmaxpool globalmaxpooling globalmaxpooling2d gmp"},
    {"adaptive_avg_pool", "adaptivepool adaptiveavgpool2d globalpool globalavgpool "
                          "globalaveragepool globalaveragepooling "
                          "globalaveragepooling2d gap"},
    {"windows", "unfold im2col extractpatches"},
    {"logistic", "sigmoid"},
    {"silu", "swish"},
    {"hard_swish", "hardswish"},
    {"clamp", "relu6 clip"},
    {"cross_entropy", "nllloss softmaxcrossentropy sparsecategoricalcrossentropy crossentropyloss"},
    {"bce", "binarycrossentropy bcewithlogits bceloss"},
    {"mse", "mseloss l2loss meansquarederror"},
    {"mae", "l1loss meanabsoluteerror"},
    {"huber", "smoothl1"},
    {"kl", "kldiv"},
    {"add", "plus"},
    {"sub", "minus subtract"},
    {"mul", "multiply times square"},
    {"div", "divide reciprocal inverse"},
    {"rem", "mod fmod remainder"},
    {"pow", "power"},
    {"max", "maximum"},
    {"min", "minimum"},
    {"neg", "negative negate"},
    {"select", "where"},
    {"compare", "equal eq ne lt le gt ge less greater"},
    {"cast", "astype convert to"},
    {"reshape", "view flatten"},
    {"transpose", "permute"},
    {"concat", "concatenate cat hstack vstack"},
    {"split", "chunk unbind unstack tensorsplit"},
    {"unsqueeze", "expanddims newaxis"},
    {"reverse", "flip"},
    {"iota", "arange range"},
    {"constant", "full fill zeros ones const"},
    {"reduce", "sum mean prod reducesum reducemean reducemax"},
    {"gather", "lookup take indexselect"},
    {"scatter", "scatteradd"},
    {"batch_norm", "batchnorm2d"},
    {"broadcast", "expand tile repeat broadcastto"},
    {"scan", "for loop"},
    {"if", "cond"},
    {"embedding", "embed embeddings"},
    {"grad", "gradient"},
    {"stop_gradient", "detach"},
    {"parameter", "variable weight"},
    {"state", "buffer"},
    {"write", "assign"},
    {"train_step", "train optimizer"},
    {"dim", "size shape"},
    {"lt", "less <"},
    {"le", "lessequal <="},
    {"gt", "greater >"},
    {"ge", "greaterequal >="},
    {"eq", "equal =="},
    {"ne", "notequal !="},
    // optimizers, schedules
    {"sgd", "gd gradientdescent"},
    {"momentum", "sgdmomentum"},
    {"adam", "nadam amsgrad"},
    {"rmsprop", "rms"},
    {"cosine_schedule", "cosine cosineannealing cosinedecay"},
    {"step_schedule", "step steplr"},
    {"linear_warmup", "warmup"},
    // initialisers
    {"glorot_uniform", "xavier glorot xavieruniform"},
    {"glorot_normal", "xavier glorot xaviernormal"},
    {"he_uniform", "kaiming kaiminguniform he"},
    {"he_normal", "kaiming kaimingnormal he"},
    {"normal", "gaussian randn randomnormal"},
    {"uniform", "rand randomuniform"},
    {"truncated_normal", "truncnormal"},
    // their parameters, clauses
    {"learning_rate", "lr rate stepsize eta alpha"},
    {"weight_decay", "wd decay l2"},
    {"epsilon", "eps"},
    {"beta1", "betas b1"},
    {"beta2", "betas b2"},
    {"alpha", "rho decayrate"},
    {"learning_rate_decay", "lrdecay"},
    {"deviation", "std stddev sigma scale"},
    {"mean", "mu loc"},
    {"low", "min minval lower"},
    {"high", "max maxval upper"},
    {"steps", "warmupsteps totalsteps tmax decaysteps"},
    {"every", "stepsize"},
    {"factor", "gamma"},
    {"floor", "etamin"},
    {"then", "after"},
    {"clip_norm", "clip maxnorm gradclip clipgradnorm"},
    {"label_smoothing", "smoothing"},
    {"ignore_index", "ignore"},
    {"schedule", "scheduler lrschedule"},
    {"groups", "paramgroups numgroups"},
    {"trains", "params"},
    {"dim", "axis"},
    {"dims", "axis axes"},
    {"axis", "dim"},
    {"rate", "p prob"},
    {"slope", "negativeslope"},
    {"classes", "numclasses depth"},
    // commands and options of the tools
    {"fit", "train"},
    {"call", "run predict"},
    {"bench", "benchmark"},
    {"info", "show inspect"},
    {"o", "out output"},
    {"mcpu", "march arch cpu"},
    {"mtriple", "triple"},
    {"compile-to", "emit"},
    {"timing", "verbose time profile"},
    {"print-phases", "passes phases"},
    {"memory-budget", "memory budget"},
    {"max-dims", "dims"},
    {"batch-size", "batch bs"},
    {"epochs", "epoch"},
    {"params", "parameters weights load"},
    {"save", "checkpoint"},
    {"in", "input inputs"},
    {"set", "lr"},
    {"threads", "numthreads j"},
};

/// In lower case, without underscores and dashes: names that people take for the same.
static std::string plain(std::string_view name) {
  std::string result;
  for (char c : name)
    if (c != '_' && c != '-')
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Levenshtein's distance, in which two neighbours swapped are one change.
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

std::vector<std::string> suggestionsFor(std::string_view name,
                                        const std::vector<std::string> &known) {
  constexpr size_t kMost = 3, kLongest = 64; // what is longer is no slip
  if (name.empty() || name.size() > kLongest)
    return {};
  std::string wanted = plain(name);
  std::vector<std::string> found;
  auto add = [&](const std::string &candidate) {
    if (found.size() < kMost && std::find(found.begin(), found.end(), candidate) == found.end())
      found.push_back(candidate);
  };
  for (const std::string &candidate : known)
    if (plain(candidate) == wanted)
      add(candidate);
  for (const Synonyms &meaning : kSynonyms)
    if (meaning.contains(wanted) &&
        std::find(known.begin(), known.end(), meaning.ours) != known.end())
      add(std::string(meaning.ours));
  if (!found.empty())
    return found;
  std::vector<std::pair<size_t, std::string>> near;
  auto addNear = [&](std::string_view word, std::string_view candidate) {
    size_t allowed = wanted.size() < 3 ? 1 : 1 + wanted.size() / 4;
    if (size_t distance = editDistance(wanted, word); distance <= allowed && distance < word.size())
      near.push_back({distance, std::string(candidate)});
  };
  for (const std::string &candidate : known)
    addNear(plain(candidate), candidate);
  for (const Synonyms &meaning : kSynonyms)
    if (std::find(known.begin(), known.end(), meaning.ours) != known.end())
      for (std::istringstream words{std::string(meaning.theirs)}; words;)
        if (std::string word; words >> word && word.size() > 4) // short ones are near to anything
          addNear(word, meaning.ours);
  std::sort(near.begin(), near.end());
  for (const auto &[distance, candidate] : near)
    if (distance == near.front().first)
      add(candidate);
  return found;
}

std::string joinOr(const std::vector<std::string> &names) {
  std::string result;
  for (size_t i = 0; i < names.size(); ++i)
    result += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return result;
}

std::string didYouMean(std::string_view name, const std::vector<std::string> &known,
                       std::string_view prefix) {
  std::vector<std::string> names = suggestionsFor(name, known);
  for (std::string &found : names)
    found = "'" + std::string(prefix) + found + "'";
  return names.empty() ? "" : "did you mean " + joinOr(names) + "?";
}

} // namespace mlc
