// Keys and values of the tokens read so far. An argument of the model, not part of it: one set of
// weights serves many conversations, and a common prefix is kept by cutting the cache back to it.
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <vector>

namespace fo1 {

class KvCache {
 public:
  explicit KvCache(int64_t layers) : layers_(layers) {}

  int64_t length() const { return length_; }

  struct Layer {
    at::Tensor keys, values;  // [kv_heads, capacity, D]
  };

  // Writes keys and values [kv_heads, T, D] of one layer after the `length()` known tokens and
  // returns views of all of them, [kv_heads, length() + T, D].
  Layer append(int64_t layer, const at::Tensor& keys, const at::Tensor& values);

  // All layers have appended T rows: they now count.
  void advance(int64_t tokens) { length_ += tokens; }

  // Forget everything after the first `length` tokens.
  void truncate(int64_t length) { length_ = std::min(length_, length); }

 private:
  std::vector<Layer> layers_;
  int64_t length_ = 0;
};

}  // namespace fo1
