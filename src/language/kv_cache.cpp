#include "language/kv_cache.h"

#include <ATen/ATen.h>

namespace fo1 {
namespace {

constexpr int64_t kFirstCapacity = 256;

// `stored` with room for `needed` rows; grows by doubling, keeps the first `length` rows.
at::Tensor with_room(const at::Tensor& stored, int64_t length, int64_t needed,
                     const at::Tensor& like) {
  if (stored.defined() && stored.size(1) >= needed) return stored;
  int64_t capacity = stored.defined() ? stored.size(1) : kFirstCapacity;
  while (capacity < needed) capacity *= 2;
  at::Tensor grown = at::empty({like.size(0), capacity, like.size(2)}, like.options());
  if (length > 0) grown.narrow(1, 0, length).copy_(stored.narrow(1, 0, length));
  return grown;
}

}  // namespace

KvCache::Layer KvCache::append(int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
  Layer& store = layers_[layer];
  const int64_t added = keys.size(1), needed = length_ + added;
  store.keys = with_room(store.keys, length_, needed, keys);
  store.values = with_room(store.values, length_, needed, values);
  store.keys.narrow(1, length_, added).copy_(keys);
  store.values.narrow(1, length_, added).copy_(values);
  return {store.keys.narrow(1, 0, needed), store.values.narrow(1, 0, needed)};
}

}  // namespace fo1
