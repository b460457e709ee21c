// State in files: what is saved comes back; anything else is refused with a sentence, the state
// unchanged.
#include "TestModel.h"
#include "runtime/internal.h"
#include "runtime/number.h"

#include <cfenv>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <unistd.h>

namespace mlc {
namespace {

namespace fs = std::filesystem;

class Safetensors : public testing::Test {
protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("mlc-safetensors-" + std::to_string(getpid()));
    fs::create_directories(folder);
    path = folder / "model.safetensors";
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string readFile() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void writeFile(const std::string &bytes) const { std::ofstream(path, std::ios::binary) << bytes; }

  /// Writes a file of this header and so many zero bytes of data.
  void writeHeader(const std::string &header, size_t dataBytes) const {
    uint64_t size = header.size();
    writeFile(std::string((const char *)&size, 8) + header + std::string(dataBytes, 0));
  }

  fs::path folder, path;
};

/// Everything that a load may change.
struct State {
  std::vector<float> w, b;
  int64_t step;
  double rate;
  explicit State(const ToyModel &model) : w(model.parameter("w", 4)), b(model.parameter("b", 1)) {
    mlc_rt_get_step(model, &step);
    mlc_rt_get_hyperparameter(model, "learning_rate", &rate);
  }
  bool operator==(const State &) const = default;
};

TEST_F(Safetensors, ContinuesTrainingBitForBit) {
  Rows rows(128);
  ToyModel model, other(1, 99);
  for (int i = 0; i < 5; ++i)
    fit(model, rows, 128);
  mlc_rt_set_hyperparameter(model, "learning_rate", 0.0123);
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK) << model.error();
  ASSERT_EQ(mlc_rt_load(other, path.c_str()), MLC_OK) << other.error();
  EXPECT_EQ(State(model), State(other));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(fit(model, rows, 128), fit(other, rows, 128));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "no temporary file stays";
}

TEST_F(Safetensors, HoldsTheDocumentedKeys) {
  ToyModel model;
  fit(model, Rows(8), 8);
  const char *extra[] = {"epoch", "3", "quo\"te", "a\nb\\"};
  ASSERT_EQ(mlc_rt_table_save_with_metadata(model, path.c_str(), extra, 2), MLC_OK);
  std::string text = readFile();
  for (const char *part :
       {"\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}",
        "\"m/w\":", "\"m/b\":", "\"calls\":{\"dtype\":\"I32\"", "\"step\":\"1\"", "\"seed\":\"7\"",
        "\"learning_rate\":\"0.0500000007\"", "\"epoch\":\"3\""})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  char value[16];
  EXPECT_EQ(mlc_rt_table_read_metadata(model, path.c_str(), "epoch", value, sizeof value), MLC_OK);
  EXPECT_STREQ(value, "3");
  EXPECT_EQ(mlc_rt_table_read_metadata(model, path.c_str(), "quo\"te", value, sizeof value),
            MLC_OK);
  EXPECT_STREQ(value, "a\nb\\");
  EXPECT_EQ(mlc_rt_table_read_metadata(model, path.c_str(), "batch", value, sizeof value),
            MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), path.string() + " has no metadata \"batch\"");
  EXPECT_EQ(mlc_rt_table_read_metadata(model, path.c_str(), "epoch", nullptr, 0),
            MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the key or the buffer for its value is null");
}

TEST_F(Safetensors, RefusesMetadataThatNoReaderTakes) {
  ToyModel model;
  struct {
    std::vector<const char *> pairs;
    std::string message;
  } cases[] = {
      {{"epoch", "1", "batch", "0", "epoch", "2"}, "metadata key \"epoch\" is given twice"},
      {{"step", "1"}, "metadata key \"step\" is given twice: save writes it itself"},
      {{"seed", "1"}, "metadata key \"seed\" is given twice: save writes it itself"},
      {{"model", "m"}, "metadata key \"model\" is given twice: save writes it itself"},
      {{"momentum", "1"}, "metadata key \"momentum\" is given twice: save writes it itself"},
      {{"k\xff", "1"}, "a metadata key or value is not UTF-8"},
      {{"k", "\xc0\x80"}, "a metadata key or value is not UTF-8"},
      {{"k", "\xed\xa0\x80"}, "a metadata key or value is not UTF-8"},
      {{"k", "\xf4\x90\x80\x80"}, "a metadata key or value is not UTF-8"},
      {{"k", "\xe2\x82"}, "a metadata key or value is not UTF-8"},
  };
  for (const auto &bad : cases) {
    EXPECT_EQ(mlc_rt_table_save_with_metadata(model, path.c_str(), bad.pairs.data(),
                                              int32_t(bad.pairs.size() / 2)),
              MLC_INVALID_ARGUMENT);
    EXPECT_EQ(model.error(), bad.message);
    EXPECT_FALSE(fs::exists(path));
  }
  const char *good[] = {"", "empty", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\x01",
                        "\xf4\x8f\xbf\xbf"};
  ASSERT_EQ(mlc_rt_table_save_with_metadata(model, path.c_str(), good, 2), MLC_OK);
  char value[16];
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(mlc_rt_table_read_metadata(model, path.c_str(), good[2 * i], value, 16), MLC_OK);
    EXPECT_STREQ(value, good[2 * i + 1]);
  }
}

TEST_F(Safetensors, LoadsPlainWeights) {
  ToyModel model;
  fit(model, Rows(8), 8);
  writeHeader("{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[4,20]},\"calls\":{\"data_"
              "offsets\":[20,24],"
              "\"dtype\":\"I32\",\"shape\":[1]},\n \"b\" : {\"dtype\":\"F\\u00332\",\"shape\":[ 1 "
              "],\"data_offsets\":[0,4]}}  ",
              24);
  ASSERT_EQ(mlc_rt_load(model, path.c_str()), MLC_OK) << model.error();
  EXPECT_EQ(model.parameter("w", 4), std::vector<float>(4, 0));
  EXPECT_EQ(State(model).step, 0);
}

TEST_F(Safetensors, RefusesWhatIsNotTheModels) {
  ToyModel model;
  State before(model);
  const char *w = "\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}";
  const char *b = "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}";
  const char *calls = "\"calls\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[20,24]}";
  auto header = [](std::initializer_list<std::string> parts) {
    std::string text = "{";
    for (const std::string &part : parts)
      text += (text.size() > 1 ? "," : "") + part;
    return text + "}";
  };
  struct {
    std::string header;
    size_t bytes;
    const char *message;
  } cases[] = {
      {header({w, b}), 20, "has no tensor calls"},
      {header({w, b, calls, "\"v\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[24,24]}"}),
       24, "has a tensor v"},
      {header({w, b, calls}), 23, "do not fill its data"},
      {header({w, b, calls}), 25, "more bytes"},
      {header({w, b, calls, calls}), 24, "do not fill"},
      {header({"\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}", b, calls}), 24,
       "tensor w is F32 [2, 2], but the model expects F32 [4]"},
      {header({"\"w\":{\"dtype\":\"I32\",\"shape\":[4],\"data_offsets\":[0,16]}", b, calls}), 24,
       "tensor w is I32"},
      {header({"\"w\":{\"dtype\":\"F32\",\"shape\":[4.0],\"data_offsets\":[0,16]}", b, calls}), 24,
       "well-formed"},
      {header({"\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[-1,16]}", b, calls}), 24,
       "whole number"},
      {header(
           {"\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,16]}"}),
       16, "whole number"},
      {header({w, b, calls, "\"m/w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[24,40]}"}),
       40, "not all of b"},
      {header({w, b, calls, "\"__metadata__\":{\"step\":\"-1\"}"}), 24, "step is \"-1\""},
      {header({w, b, calls, "\"__metadata__\":{\"learning_rate\":\"inf\"}"}), 24,
       "learning_rate is \"inf\", but must be a finite number"},
      {header({w, b, calls, "\"__metadata__\":{\"learning_rate\":\"1e39\"}"}), 24,
       "learning_rate is \"1e39\", but must be a finite number"},
      {header({w, b, calls, "\"__metadata__\":{\"learning_rate\":\"-1\"}"}), 24,
       "learning_rate is \"-1\", but must be at least 0"},
      {header({w, b, calls, "\"__metadata__\":{\"momentum\":\"0.99999999\"}"}), 24,
       "momentum is \"0.99999999\", but must be from 0 to 0.99999994"},
      {header({w, b, calls, "\"__metadata__\":{\"seed\":\"7.5\"}"}), 24,
       "seed is \"7.5\", but must be a whole number"},
      {header({w, b, calls, "\"m/w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[24,40]}",
               "\"m/b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[40,44]}"}),
       44, "holds the optimizer's state, but its metadata lack the step"},
      {header({w, b, "\"calls\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[20,28]}"}), 28,
       "tensor calls has 8 bytes, but its shape needs 4"},
      {header({w, b, calls, "\"__metadata__\":{\"a\":\"b\"}", "\"__metadata__\":{\"c\":\"d\"}"}),
       24, "its header has __metadata__ twice"},
      {header({w, b, calls, "\"__metadata__\":{\"step\":1}"}), 24, "well-formed"},
      {"", 0, "well-formed"},
      {"[]", 0, "well-formed"},
      {"{\"\\ud800\":{}}", 0, "its header has half a surrogate pair"},
      {"{\"\\ud800\\u0041\":{}}", 0, "its header has half a surrogate pair"},
      {"{\"\\udc00\":{}}", 0, "its header has half a surrogate pair"},
      {"{\"\\u00g0\":{}}", 0, "its header has a malformed \\u escape"},
      {"{\"\\u0000\":{}}", 0, "its header has a zero byte in a string"},
      {"{\"\\x\":{}}", 0, "its header has an unknown escape in a string"},
      {"{\"\n\":{}}", 0, "its header has a control character in a string"},
      {"{\"\xff\":{}}", 0, "its header has a string that is not UTF-8"},
      {"{\"\xc3\":{}}", 0, "its header has a string that is not UTF-8"},
      {"{\"\xed\xb0\x80\":{}}", 0, "its header has a string that is not UTF-8"},
      {"{\"a", 0, "its header ends inside a string"},
      {"{\"a\\", 0, "its header ends inside a string"},
      {"{\"a\\u00", 0, "its header ends inside a string"},
      {"{\"a\":{\"dtype\":\"F32\"}}", 0, "without dtype, shape"},
      {"{} x", 0, "after the JSON"},
  };
  for (const auto &bad : cases) {
    writeHeader(bad.header, bad.bytes);
    EXPECT_EQ(mlc_rt_load(model, path.c_str()), MLC_INVALID_FILE) << bad.header;
    EXPECT_NE(model.error().find(bad.message), std::string::npos)
        << model.error() << "\nexpected: " << bad.message;
  }
  EXPECT_EQ(State(model), before);
}

TEST_F(Safetensors, SaysWhatIsWrongWithThePath) {
  ToyModel model;
  EXPECT_EQ(mlc_rt_load(model, (folder / "none").c_str()), MLC_IO_ERROR);
  EXPECT_NE(model.error().find("No such file"), std::string::npos);
  EXPECT_EQ(mlc_rt_load(model, folder.c_str()), MLC_IO_ERROR);
  EXPECT_EQ(mlc_rt_load(model, nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the path is null");
  EXPECT_EQ(mlc_rt_save(model, ""), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the path is null or empty");
  const char *halfPair[] = {"epoch", nullptr};
  EXPECT_EQ(mlc_rt_table_save_with_metadata(model, path.c_str(), halfPair, 1),
            MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "a metadata key or value is null");
  EXPECT_EQ(mlc_rt_save(model, (folder / "none" / "file").c_str()), MLC_IO_ERROR);
  EXPECT_EQ(mlc_rt_save(model, folder.c_str()), MLC_IO_ERROR);
  EXPECT_EQ(fs::exists(folder.string() + ".tmp"), false);
}

/// Bits of a hyperparameter, whatever the environment does to floats.
uint32_t bitsOf(const mlc_model *model, int storage) {
  uint32_t bits;
  std::memcpy(&bits, model->storages[storage], 4);
  return bits;
}
constexpr int kLearningRate = 2;

TEST_F(Safetensors, IgnoresTheLocale) {
  std::string name = (folder / "comma").string();
  std::string command = "localedef -i de_DE -f UTF-8 " + name + " > /dev/null 2>&1";
  setenv("LOCPATH", folder.c_str(), 1);
  if (std::system(command.c_str()) != 0 || !std::setlocale(LC_ALL, "comma"))
    GTEST_SKIP() << "no locale with a decimal comma";
  ASSERT_STREQ(localeconv()->decimal_point, ",");
  ToyModel model, other;
  mlc_rt_set_hyperparameter(model, "learning_rate", 0.0123);
  EXPECT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
  EXPECT_NE(readFile().find("\"0.012"), std::string::npos);
  EXPECT_EQ(mlc_rt_load(other, path.c_str()), MLC_OK);
  EXPECT_EQ(bitsOf(model, kLearningRate), bitsOf(other, kLearningRate));
  EXPECT_STREQ(localeconv()->decimal_point, ",");
  std::setlocale(LC_ALL, "C");
  unsetenv("LOCPATH");
}

TEST_F(Safetensors, IgnoresTheRoundingMode) {
  std::mt19937 random(1);
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST})
    for (int i = 0; i < 100; ++i) {
      ToyModel model, other;
      double rate = double(random()) * std::ldexp(1.0, int(random() % 160) - 181);
      uint32_t bits;
      float expected = float(rate);
      std::memcpy(&bits, &expected, 4);
      std::fesetround(mode);
      mlc_rt_set_hyperparameter(model, "learning_rate", rate);
      mlc_status saved = mlc_rt_save(model, path.c_str());
      mlc_status loaded = mlc_rt_load(other, path.c_str());
      EXPECT_EQ(std::fegetround(), mode);
      std::fesetround(FE_TONEAREST);
      ASSERT_EQ(saved, MLC_OK) << model.error();
      ASSERT_EQ(loaded, MLC_OK) << other.error();
      EXPECT_EQ(bitsOf(model, kLearningRate), bits) << rate;
      EXPECT_EQ(bitsOf(other, kLearningRate), bits) << rate;
    }
}

TEST_F(Safetensors, CreatesTheSameInEveryRoundingMode) {
  ToyModel nearest;
  for (int mode : {FE_UPWARD, FE_DOWNWARD}) {
    std::fesetround(mode);
    ToyModel model;
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(State(model), State(nearest));
  }
}

TEST_F(Safetensors, ReadsDecimalNumbersOnly) {
  double value;
  for (const char *text : {"0", "-0", "+1.", ".5", "1e5", "1E-5", "2.5e+300", "1e-999"})
    EXPECT_TRUE(mlc_parse_number(text, &value)) << text;
  for (const char *text : {"", "-", ".", "e5", "1e", "1e+", " 1", "1 ", "1,5", "0x10", "nan", "inf",
                           "infinity", "1e999", "1e5.0", "--1", "1_0"})
    EXPECT_FALSE(mlc_parse_number(text, &value)) << text;
  uint64_t whole;
  EXPECT_TRUE(mlc_parse_whole("18446744073709551615", &whole));
  for (const char *text : {"", "-1", "+1", "18446744073709551616", "1.0", "0x1", " 1", "1 "})
    EXPECT_FALSE(mlc_parse_whole(text, &whole)) << text;
}

/// One random damage: a cut, a changed byte, an inserted or removed piece, two pieces swapped.
std::string mutate(std::string bytes, std::mt19937 &random) {
  for (int rounds = 1 + random() % 3; rounds > 0 && !bytes.empty(); --rounds) {
    size_t at = random() % bytes.size();
    switch (random() % 6) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes[at] = char(random());
      break;
    case 2:
      bytes[at] ^= char(1 << random() % 8);
      break;
    case 3:
      bytes.insert(at, 1 + random() % 9, "[]{},:\"0\\9"[random() % 10]);
      break;
    case 4:
      bytes.erase(at, 1 + random() % 20);
      break;
    case 5:
      bytes.insert(random() % bytes.size(), bytes.substr(at, 1 + random() % 60));
      break;
    }
  }
  return bytes;
}

TEST_F(Safetensors, SurvivesTwoThousandDamagedFiles) {
  ToyModel model;
  fit(model, Rows(8), 8);
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
  std::string good = readFile();
  std::mt19937 random(2026);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    writeFile(i < 300 ? good.substr(0, good.size() * i / 300) : mutate(good, random));
    State before(model);
    mlc_status status = mlc_rt_load(model, path.c_str());
    if (status == MLC_OK)
      continue;
    ++refused;
    EXPECT_EQ(State(model), before);
    EXPECT_FALSE(model.error().empty());
  }
  EXPECT_GT(refused, 1000);
}

} // namespace
} // namespace mlc
