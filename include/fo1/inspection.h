// What a model folder, or the folder of a proposal network, is and whether it is whole.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fo1/export.h"
#include "fo1/options.h"

namespace fo1 {

struct InspectedPart {
  std::string name;  // "primary encoder"
  std::int64_t parameters = 0;
  std::int64_t bytes = 0;  // in the checkpoint
};

struct InspectedProblem {
  std::string kind;  // "missing", "extra", "mismatched", "failed"
  std::string tensor;
  std::string what;  // what was expected and found
};

struct Inspection {
  std::string folder;
  std::string family;  // "VLM-FO1", "Qwen2.5-VL"; proposal networks: "upn", "opn"
  bool is_proposer = false;
  bool has_regions = false;
  std::int64_t files = 0, tensors = 0, bytes = 0;
  std::vector<std::pair<std::string, std::int64_t>> dtypes;   // stored type -> tensors
  std::vector<std::pair<std::string, std::string>> settings;  // "vocabulary" -> "151936", ...
  std::vector<InspectedPart> parts;
  std::vector<InspectedProblem> problems;

  // Bytes for the weights (of proposal networks nothing else), a conversation of 2000 tokens and
  // the widest stage's intermediate results: an estimate. LibTorch itself takes about 300 MiB more.
  std::int64_t memory_float32 = 0, memory_bfloat16 = 0;

  bool is_whole() const { return problems.empty(); }
  FO1_API std::string to_json(int indent = -1) const;
};

// Throws what Model::load would throw for a folder that cannot be read at all; differences between
// configuration and tensors are listed, not thrown.
FO1_API Inspection inspect(const std::string& folder);

// inspect(), and where nothing is wrong so far: loads the folder, puts a question about a made-up
// picture and looks at the numbers. For a robot's start, or after copying files. Whatever is wrong
// with the folder is a problem, of kind "failed" where it cannot be read or does not run. Throws
// kNotFound (no such folder), kInvalidArgument (options that make no sense), kUnsupported (no such
// device, or a kind of model that is not known), kOutOfMemory, kCancelled, kDeadline.
FO1_API Inspection self_check(const std::string& folder, const LoadOptions& options = {});

}  // namespace fo1
