// Callers compiled with an older or a newer header.
#include <cmath>
#include <cstddef>
#include <cstring>

#include "capi/support.h"

namespace fo1::test {
namespace {

// A newer caller: its struct goes on after what this library knows.
template <class T>
struct Newer {
  T known;
  std::uint64_t added[2];
};

template <class T>
Newer<T> newer(const T& known) {
  Newer<T> options{known, {0, 0}};
  options.known.struct_size = sizeof(options);
  return options;
}

TEST(Structs, InitFillsAsMuchAsTheCallerHas) {
  fo1_ask_options options;
  std::memset(&options, 0xAB, sizeof options);
  const std::size_t older = offsetof(fo1_ask_options, on_progress);
  ASSERT_EQ(fo1_ask_options_init(&options, older), FO1_OK) << fo1_last_error();
  EXPECT_EQ(options.struct_size, older);
  EXPECT_EQ(options.top_p, 1.0);
  EXPECT_EQ(options.cancel, nullptr);
  unsigned char beyond[sizeof options.on_progress];
  std::memcpy(beyond, &options.on_progress, sizeof beyond);
  for (const unsigned char byte : beyond) EXPECT_EQ(byte, 0xAB);

  Newer<fo1_ask_options> larger;
  std::memset(&larger, 0xAB, sizeof larger);
  ASSERT_EQ(fo1_ask_options_init(&larger.known, sizeof larger), FO1_OK) << fo1_last_error();
  EXPECT_EQ(larger.known.struct_size, sizeof larger);
  EXPECT_EQ(larger.added[0], 0U);
  EXPECT_EQ(larger.added[1], 0U);
}

TEST(Structs, AnOlderCallerGetsDefaultsForWhatItDoesNotKnow) {
  fo1_ask_options options;
  std::memset(&options, 0xAB, sizeof options);  // callbacks that must not be called
  ASSERT_EQ(fo1_ask_options_init(&options, offsetof(fo1_ask_options, on_progress)), FO1_OK);
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> result = detect(scene, {"red circle"}, &options);
  EXPECT_GT(fo1_result_detection_count(result), 0U);
}

TEST(Structs, ANewerCallerIsServedUntilItSetsSomethingUnknown) {
  const Handle<fo1_scene> scene = shapes_scene();
  auto options = newer(ask_options());
  options.known.max_new_tokens = 1;
  const Handle<fo1_result> result = detect(scene, {"red circle"}, &options.known);
  EXPECT_EQ(fo1_result_finish(result), FO1_FINISH_LENGTH);

  options.added[1] = 1;
  const char* label = "red circle";
  fo1_result* none = nullptr;
  EXPECT_TRUE(refused(fo1_detect(&none, scene, &label, 1, &options.known), FO1_UNSUPPORTED,
                      "fo1_ask_options: a field beyond its first"));
  EXPECT_EQ(none, nullptr);
}

TEST(Structs, OutputsAreFilledAsFarAsTheCallerKnowsThem) {
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> result = detect(scene, {"red circle"});
  fo1_detection older;
  std::memset(&older, 0xAB, sizeof older);
  older.struct_size = offsetof(fo1_detection, confidence);
  ASSERT_EQ(fo1_result_detection(&older, result, 0), FO1_OK) << fo1_last_error();
  EXPECT_STREQ(older.label, "red circle");
  EXPECT_GT(older.score, 0);
  unsigned char beyond[sizeof older.confidence];
  std::memcpy(beyond, &older.confidence, sizeof beyond);
  for (const unsigned char byte : beyond) EXPECT_EQ(byte, 0xAB);

  Newer<fo1_detection> larger;
  std::memset(&larger, 0xAB, sizeof larger);
  larger.known.struct_size = sizeof larger;
  ASSERT_EQ(fo1_result_detection(&larger.known, result, 0), FO1_OK) << fo1_last_error();
  EXPECT_EQ(larger.known.struct_size, sizeof larger);
  EXPECT_TRUE(std::isnan(larger.known.proposal_score));
  EXPECT_EQ(larger.added[0], 0U);
  EXPECT_EQ(larger.added[1], 0U);
}

// Sizes that no version of a struct has.
template <class T>
void expect_senseless_sizes_refused(T options, fo1_status (*use)(const T&)) {
  for (const std::size_t size : {0, 4, 8, 12, 0xABAB, 1 << 20}) {
    options.struct_size = static_cast<std::uint32_t>(size);
    EXPECT_TRUE(refused(use(options), FO1_INVALID_ARGUMENT,
                        "struct_size is " + std::to_string(size) + ", expected sizeof(fo1_"));
  }
  options.struct_size = sizeof(T) - 4;
  EXPECT_TRUE(refused(use(options), FO1_INVALID_ARGUMENT, "struct_size is "));
}

TEST(Structs, SenselessSizesAreRefused) {
  expect_senseless_sizes_refused<fo1_load_options>(load_options(), [](const auto& options) {
    fo1_model* none = nullptr;
    return fo1_model_load(&none, model_folder().c_str(), &options);
  });
  expect_senseless_sizes_refused<fo1_scene_options>(scene_options(), [](const auto& options) {
    fo1_scene* none = nullptr;
    return fo1_scene_create(&none, tiny_model(), shapes(), nullptr, &options);
  });
  static const Handle<fo1_scene> scene = shapes_scene();
  expect_senseless_sizes_refused<fo1_ask_options>(ask_options(), [](const auto& options) {
    fo1_result* none = nullptr;
    return fo1_ground(&none, scene, "it", &options);
  });
  expect_senseless_sizes_refused<fo1_pixels>({}, [](const auto& pixels) {
    fo1_image* none = nullptr;
    return fo1_image_from_pixels(&none, &pixels);
  });
  static const Handle<fo1_result> result = detect(scene, {"red circle"});
  expect_senseless_sizes_refused<fo1_detection>({}, [](const auto& given) {
    fo1_detection out = given;
    return fo1_result_detection(&out, result, 0);
  });
  fo1_ask_options options;
  EXPECT_TRUE(refused(fo1_ask_options_init(&options, 0), FO1_INVALID_ARGUMENT, "struct_size is 0"));
  EXPECT_TRUE(refused(fo1_ask_options_init(nullptr, sizeof options), FO1_INVALID_ARGUMENT, "NULL"));
}

TEST(Structs, DefaultsAreThoseOfTheHeader) {
  const fo1_propose_options propose = propose_options();
  EXPECT_EQ(propose.struct_size, sizeof propose);
  EXPECT_TRUE(std::isnan(propose.min_score));
  EXPECT_TRUE(std::isnan(propose.max_iou));
  EXPECT_EQ(propose.most, -1);
  EXPECT_EQ(propose.tile_overlap, 0.25);
  EXPECT_EQ(scene_options().propose, FO1_PROPOSE_IF_NONE);
  EXPECT_EQ(load_options().device, nullptr);
  EXPECT_EQ(load_options().memory_limit, 0);
}

}  // namespace
}  // namespace fo1::test
