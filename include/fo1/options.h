// How to load a model, how to answer a question, how to stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fo1/export.h"

namespace fo1 {

// Stops a running call from another thread: within one block of an encoder or one generated token.
// Copies share the flag. Safe from any thread. Once triggered it stays so.
class FO1_API CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void cancel() noexcept { flag_->store(true); }
  bool cancelled() const noexcept { return flag_->load(); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

// What a callback says: go on; end here and keep what is there; or end and throw it away.
enum class StreamAction { kContinue, kStop, kCancel };

// How far a call is. Stages: load, decode, propose, encode_primary, encode_auxiliary,
// encode_regions, prefill, generate.
struct Progress {
  const char* stage = "";
  std::int64_t done = 0;   // blocks of a network, tokens of an answer
  std::int64_t total = 0;  // 0: not known; of generate the longest the answer may get
};

// Called on the caller's thread between two blocks of a network and after each token.
using ProgressCallback = std::function<StreamAction(const Progress& progress)>;

// Limits of one call. Time runs from the call's start.
struct Limits {
  std::optional<double> deadline_seconds;
  CancelToken cancel;
  // kStop is as if `cancel` had been triggered; kCancel throws kCancelled whatever is there.
  ProgressCallback on_progress = {};
};

struct LoadOptions {
  std::string device = "cpu";     // "cpu", "cuda" or "cuda:N"
  std::string dtype = "float32";  // "float32" (the reference), "bfloat16" or "float16"
  int threads = 0;                // CPU threads, process-wide; 0: LibTorch's own choice
  std::int64_t memory_limit = 0;  // bytes; a model whose estimate (see Inspection) is above it is
                                  // refused with kOutOfMemory before it takes any; 0: none
  Limits limits = {};             // of loading a model
  std::string lora = {};          // folder of an adapter in PEFT's form that is added to a model's
                                  // weights; empty: none
};

// How the next token is chosen. The default is greedy: the most likely one.
struct Sampling {
  double temperature = 0;  // 0: greedy
  double top_p = 1;        // keep the most likely tokens until their probabilities reach this sum
  std::int64_t top_k = 0;  // keep at most this many; 0: all
  std::uint64_t seed = 0;  // same seed, same answer
};

// Called on the caller's thread after each token with the text that became certain (whole UTF-8
// characters; may be empty). kCancel throws kCancelled.
using TokenCallback = std::function<StreamAction(const std::string& text)>;

struct AskOptions {
  std::int64_t max_new_tokens = 0;  // 0: the model's generation_config.json, else 1024
  Sampling sampling;
  Limits limits;
  TokenCallback on_token;

  // A prompt holds 100 regions. When a scene has more, ask about all of them, 100 at a time: the
  // answer is one, with all detections; an object that two passes found is kept once. For tasks
  // whose answers can be put together: detect, ground, count, ocr, caption. Each pass keeps its
  // part of the prompt in memory for the next question.
  bool all_regions = false;
};

}  // namespace fo1
