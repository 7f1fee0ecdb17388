// Reads prompts into the language model, and keeps what the next prompt has in common.
#pragma once

#include <span>
#include <vector>

#include "vlm/fo1_model.h"

namespace fo1 {

// The language model's memory of a prompt's beginning: everything up to its last image or region.
// A prompt is always read in these two pieces, kept or not, so that reuse changes no bit.
class PromptReader {
 public:
  explicit PromptReader(Fo1Model& model) : model_(model), cache_(model.layers()) {}

  struct Result {
    at::Tensor hidden;      // [D]: state of the last token
    std::int64_t next = 0;  // position of the first new token
    std::int64_t rows = 0;  // of the whole prompt
  };
  // `images`, `regions`: for the placeholders of `ids`. The caller calls forget() when the images
  // or regions behind equal ids have changed.
  Result read(std::span<const std::int64_t> ids, std::span<const EncodedImage* const> images,
              const at::Tensor& regions, const Run& run);

  void forget() { prefix_.clear(); }
  KvCache& cache() { return cache_; }
  std::int64_t prefixes_read() const { return prefixes_read_; }
  std::int64_t questions_read() const { return questions_read_; }

 private:
  Fo1Model& model_;
  KvCache cache_;
  std::vector<std::int64_t> prefix_;  // ids that the cache holds; empty: nothing
  std::int64_t prefix_rows_ = 0, prefix_next_ = 0;
  std::int64_t prefixes_read_ = 0, questions_read_ = 0;
};

}  // namespace fo1
