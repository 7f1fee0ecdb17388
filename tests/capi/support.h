// The C library in C++ tests: handles that free themselves, and the shipped tiny model.
#pragma once

#include <fo1_c.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fo1::test {

// Frees with the type's own function.
inline void free_handle(fo1_model* handle) {
  fo1_model_free(handle);
}
inline void free_handle(fo1_scene* handle) {
  fo1_scene_free(handle);
}
inline void free_handle(fo1_result* handle) {
  fo1_result_free(handle);
}
inline void free_handle(fo1_image* handle) {
  fo1_image_free(handle);
}
inline void free_handle(fo1_regions* handle) {
  fo1_regions_free(handle);
}
inline void free_handle(fo1_proposer* handle) {
  fo1_proposer_free(handle);
}
inline void free_handle(fo1_cancel* handle) {
  fo1_cancel_free(handle);
}
inline void free_handle(fo1_annotations* handle) {
  fo1_annotations_free(handle);
}
inline void free_handle(fo1_report* handle) {
  fo1_report_free(handle);
}
inline void free_handle(fo1_tokenizer* handle) {
  fo1_tokenizer_free(handle);
}

template <class T>
class Handle {
 public:
  Handle() = default;
  Handle(Handle&& other) noexcept : handle_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    reset();
    handle_ = other.release();
    return *this;
  }
  ~Handle() { reset(); }

  T** out() { return &handle_; }
  T* get() const { return handle_; }
  operator T*() const { return handle_; }
  T* release() {
    T* handle = handle_;
    handle_ = nullptr;
    return handle;
  }
  void reset() { free_handle(release()); }

 private:
  T* handle_ = nullptr;
};

template <class Options>
Options with_defaults(fo1_status (*init)(Options*, size_t)) {
  Options options;
  EXPECT_EQ(init(&options, sizeof options), FO1_OK) << fo1_last_error();
  return options;
}
inline fo1_ask_options ask_options() {
  return with_defaults(fo1_ask_options_init);
}
inline fo1_load_options load_options() {
  return with_defaults(fo1_load_options_init);
}
inline fo1_scene_options scene_options() {
  return with_defaults(fo1_scene_options_init);
}
inline fo1_propose_options propose_options() {
  return with_defaults(fo1_propose_options_init);
}

// EXPECT_TRUE(refused(fo1_model_load(...), FO1_NOT_FOUND, "no such folder"));
testing::AssertionResult refused(fo1_status got, fo1_status expected, const std::string& text);

std::string model_folder();          // of the shipped tiny model
const fo1_model* tiny_model();       // loaded once
const fo1_image* shapes();           // the picture that it knows
const fo1_regions* shape_regions();  // its boxes, without scores
Handle<fo1_scene> shapes_scene();

Handle<fo1_result> detect(fo1_scene* scene, std::vector<const char*> labels,
                          const fo1_ask_options* options = nullptr);

}  // namespace fo1::test
