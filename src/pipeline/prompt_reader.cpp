#include "pipeline/prompt_reader.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"

namespace fo1 {
namespace {

// Number of ids up to and including the last placeholder.
std::size_t prefix_size(std::span<const std::int64_t> ids) {
  const auto last = std::find_if(ids.rbegin(), ids.rend(), [](std::int64_t id) { return id < 0; });
  return static_cast<std::size_t>(ids.rend() - last);
}

}  // namespace

PromptReader::Result PromptReader::read(std::span<const std::int64_t> ids,
                                        std::span<const EncodedImage* const> images,
                                        const at::Tensor& regions, const Run& run) {
  const Profile::Timer timer(run.profile, "prefill");
  const auto prefix = ids.first(prefix_size(ids));
  const auto question = ids.subspan(prefix.size());
  if (question.empty()) fail(ErrorCode::kInvalidArgument, "the prompt ends without any words");

  if (prefix.empty() || !std::equal(prefix.begin(), prefix.end(), prefix_.begin(), prefix_.end())) {
    prefix_.clear();  // stays so if reading fails half-way
    cache_.truncate(0);
    prefix_next_ = 0;
    if (!prefix.empty()) {
      prefix_next_ = model_.read(prefix, images, regions, cache_, 0, run).next;
      ++prefixes_read_;
    }
    prefix_rows_ = cache_.length();
    prefix_.assign(prefix.begin(), prefix.end());
  }
  cache_.truncate(prefix_rows_);
  const Reading reading = model_.read(question, {}, {}, cache_, prefix_next_, run);
  ++questions_read_;
  return {reading.hidden[-1], reading.next, cache_.length()};
}

}  // namespace fo1
