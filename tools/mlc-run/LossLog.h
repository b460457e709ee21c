// The loss log: one line `step loss` per step, in the file before the next step starts.
#ifndef MLC_TOOLS_RUN_LOSSLOG_H
#define MLC_TOOLS_RUN_LOSSLOG_H

#include <cstdint>
#include <string>

namespace mlc::run {

class LossLog {
public:
  /// An empty path: no log. Steps after `keepUpTo` are cut from an existing file, and so is a line
  /// that a killed run left unfinished; 0 starts anew.
  LossLog(const std::string &path, int64_t keepUpTo);
  LossLog(const LossLog &) = delete;
  ~LossLog();
  /// Nine digits tell every f32 from its neighbours.
  void write(int64_t step, double loss);
  /// Puts what is written on the disk, so that no checkpoint is ahead of the log.
  void flush();

private:
  std::string path;
  int file = -1;
};

} // namespace mlc::run
#endif
