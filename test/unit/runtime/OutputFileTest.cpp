// Files that appear whole or not at all, whatever is at their place and whatever stops the write.
#include "TestModel.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace mlc {
namespace {

namespace fs = std::filesystem;

class OutputFile : public testing::Test {
protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("mlc-output-" + std::to_string(getpid()));
    fs::create_directories(folder);
    path = folder / "model.safetensors";
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string read(const fs::path &file) const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  int64_t files() const { return std::distance(fs::directory_iterator(folder), {}); }
  static mode_t modeOf(const fs::path &file) {
    struct stat info;
    return stat(file.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }
  /// Saves, and expects the refusal and what is at the path as it was.
  void expectRefusal(const fs::path &file, const std::string &reason) {
    std::string before = read(file);
    EXPECT_EQ(mlc_rt_save(model, file.c_str()), MLC_IO_ERROR);
    EXPECT_EQ(model.error(), file.string() + " could not be written: " + reason);
    EXPECT_EQ(read(file), before);
  }

  fs::path folder, path;
  ToyModel model;
};

TEST_F(OutputFile, IsNotStoppedByWhatIsBesideIt) {
  ASSERT_EQ(mkfifo((path.string() + ".tmp").c_str(), 0666), 0);
  EXPECT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK) << model.error();
  fs::remove(path.string() + ".tmp");
  fs::create_directory(path.string() + ".tmp");
  EXPECT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK) << model.error();
  EXPECT_EQ(mlc_rt_load(model, path.c_str()), MLC_OK) << model.error();
  EXPECT_EQ(files(), 2) << "no temporary file stays";
}

TEST_F(OutputFile, SurvivesTheLimitOfTheProcess) {
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
  fit(model, Rows(8), 8);
  rlimit previous;
  getrlimit(RLIMIT_FSIZE, &previous);
  for (rlim_t bytes : {0, 100, 400}) {
    rlimit limit = {bytes, previous.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    expectRefusal(path, "File too large");
  }
  setrlimit(RLIMIT_FSIZE, &previous);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_FALSE(sigismember(&pending, SIGXFSZ));
  EXPECT_EQ(files(), 1) << "no temporary file stays";
  EXPECT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
}

TEST_F(OutputFile, FollowsLinks) {
  fs::create_directory(folder / "store");
  fs::create_symlink("store/far", folder / "near"); // there is no store/far yet
  fs::create_symlink(folder / "near", path);
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK) << model.error();
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK) << model.error();
  EXPECT_TRUE(fs::is_symlink(path) && fs::is_symlink(folder / "near"));
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(folder / "store" / "far")));
  EXPECT_EQ(mlc_rt_load(model, (folder / "store" / "far").c_str()), MLC_OK);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_EQ(mlc_rt_save(model, (folder / "loop").c_str()), MLC_IO_ERROR);
  fs::create_symlink("/dev/null", folder / "null");
  expectRefusal(folder / "null", "it is not a regular file");
}

TEST_F(OutputFile, KeepsTheMode) {
  mode_t mask = umask(027);
  ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
  EXPECT_EQ(modeOf(path), 0640u);
  for (mode_t mode : {0600, 0666, 0622}) {
    chmod(path.c_str(), mode);
    ASSERT_EQ(mlc_rt_save(model, path.c_str()), MLC_OK);
    EXPECT_EQ(modeOf(path), mode);
  }
  umask(mask);
  chmod(path.c_str(), 0444);
  expectRefusal(path, "it is read-only");
  EXPECT_EQ(modeOf(path), 0444u);
}

TEST_F(OutputFile, TakesTheLongestName) {
  EXPECT_EQ(mlc_rt_save(model, (folder / std::string(255, 'n')).c_str()), MLC_OK) << model.error();
  expectRefusal(folder / std::string(256, 'n'), "File name too long");
}

TEST_F(OutputFile, IsWholeWhoeverSavesLast) {
  ToyModel other(1, 99);
  auto saveOften = [&](mlc_model *handle) {
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(mlc_rt_save(handle, path.c_str()), MLC_OK) << mlc_rt_last_error(handle);
  };
  std::thread thread([&] { saveOften(other); });
  saveOften(model);
  thread.join();
  EXPECT_EQ(mlc_rt_load(model, path.c_str()), MLC_OK) << model.error();
  EXPECT_EQ(files(), 1);
}

} // namespace
} // namespace mlc
