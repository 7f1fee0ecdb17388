// Handles: numbers dressed as pointers.
//
// A number is never used twice, so a freed handle, one of another type or one made up is told from
// a live one, whatever the allocator does with the memory. Calls hold what they use: another thread
// may free the handle meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "capi/src/guard.h"
#include "capi/src/objects.h"

namespace fo1::capi {

// Numbers of all types come from one sequence.
std::uintptr_t new_number() noexcept;

// The live handles of one type.
template <class Handle>
class HandleTable {
 public:
  using Object = typename ObjectOf<Handle>::type;

  Handle* add(std::shared_ptr<Object> object) {
    auto* handle = reinterpret_cast<Handle*>(new_number());  // NOLINT(performance-no-int-to-ptr)
    const std::unique_lock lock(mutex_);
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  std::shared_ptr<Object> find(const Handle* handle) const {
    const std::shared_lock lock(mutex_);
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : found->second;
  }

  // The object leaves outside of the lock: what it frees may take time.
  std::shared_ptr<Object> take(const Handle* handle) {
    const std::unique_lock lock(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) return nullptr;
    std::shared_ptr<Object> object = std::move(found->second);
    objects_.erase(found);
    return object;
  }

  // Never destroyed: languages with a collector free handles while the process ends.
  static HandleTable& instance() {
    static HandleTable& table = *new HandleTable;
    return table;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<const Handle*, std::shared_ptr<Object>> objects_;
};

[[noreturn]] inline void refuse_handle(const char* name) {
  refuse(std::string(name) + ": not a live handle of type " + name);
}

// The object behind a handle. Throws kInvalidArgument.
template <class Handle>
auto object_of(const Handle* handle) {
  constexpr const char* name = ObjectOf<Handle>::name;
  auto object = HandleTable<Handle>::instance().find(required(handle, name));
  if (!object) refuse_handle(name);
  return object;
}

// The object, and the lock on it for as long as this lives.
template <class Handle>
class LockedObject {
 public:
  explicit LockedObject(const Handle* handle) : object_(object_of(handle)), lock_(object_->mutex) {}
  auto* operator->() const { return object_.get(); }
  auto& operator*() const { return *object_; }

 private:
  std::shared_ptr<typename ObjectOf<Handle>::type> object_;
  std::lock_guard<std::mutex> lock_;
};

// Body of a function that makes a handle of what `make` returns.
template <class Handle, class Make>
fo1_status create(Handle** out, Make&& make) noexcept {
  // `out` is written last: it may be one of the inputs.
  Handle* handle = nullptr;
  const fo1_status status = guard([&] {
    required(out, "out");
    using Object = typename ObjectOf<Handle>::type;
    handle =
        HandleTable<Handle>::instance().add(std::make_shared<Object>(std::forward<Make>(make)()));
  });
  if (out) *out = handle;
  return status;
}

// Body of a function that frees a handle.
template <class Handle>
void release(const Handle* handle) noexcept {
  if (!handle) return;
  guard([&] {
    if (!HandleTable<Handle>::instance().take(handle)) refuse_handle(ObjectOf<Handle>::name);
  });
}

}  // namespace fo1::capi
