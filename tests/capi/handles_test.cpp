// Wrong calls: NULL, freed, of another type, in any order.
#include <thread>

#include "capi/support.h"

namespace fo1::test {
namespace {

constexpr const char* kNull = "NULL";

TEST(Handles, AnyOrderOfFreeing) {
  Handle<fo1_model> model;
  Handle<fo1_image> image;
  Handle<fo1_scene> scene;
  Handle<fo1_result> result;
  ASSERT_EQ(fo1_model_load(model.out(), model_folder().c_str(), nullptr), FO1_OK);
  const std::uint8_t pixel[48 * 48 * 3] = {};
  const fo1_pixels pixels{sizeof(fo1_pixels), FO1_PIXELS_RGB, 48, 48, pixel, 0, nullptr, 0};
  ASSERT_EQ(fo1_image_from_pixels(image.out(), &pixels), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_scene_create(scene.out(), model, image, shape_regions(), nullptr), FO1_OK);
  model.reset();
  image.reset();
  ASSERT_EQ(fo1_ground(result.out(), scene, "it", nullptr), FO1_OK) << fo1_last_error();
  scene.reset();
  EXPECT_STRNE(fo1_result_json(result), nullptr);
}

TEST(Handles, AFreedOneIsAnErrorAndNeverSomeoneElses) {
  fo1_scene* freed = shapes_scene().release();
  fo1_scene_free(freed);
  const Handle<fo1_scene> other = shapes_scene();  // may get the same memory, not the same number
  fo1_scene_free(freed);
  EXPECT_TRUE(refused(FO1_INVALID_ARGUMENT, FO1_INVALID_ARGUMENT,
                      "fo1_scene: not a live handle of type fo1_scene"));
  fo1_result* none = nullptr;
  EXPECT_TRUE(refused(fo1_ground(&none, freed, "it", nullptr), FO1_INVALID_ARGUMENT,
                      "not a live handle of type fo1_scene"));
  EXPECT_GT(fo1_result_detection_count(detect(other, {"red circle"})), 0U);
}

TEST(Handles, AnotherTypeIsAnError) {
  fo1_scene* none = nullptr;
  const auto* not_a_model = reinterpret_cast<const fo1_model*>(shapes());
  EXPECT_TRUE(refused(fo1_scene_create(&none, not_a_model, shapes(), nullptr, nullptr),
                      FO1_INVALID_ARGUMENT, "not a live handle of type fo1_model"));
  EXPECT_EQ(fo1_image_width(reinterpret_cast<const fo1_image*>(tiny_model())), 0);
  EXPECT_STREQ(fo1_last_error(), "fo1_image: not a live handle of type fo1_image");
  EXPECT_EQ(fo1_last_status(), FO1_INVALID_ARGUMENT);
}

TEST(Handles, FreeingNullDoesNothing) {
  fo1_model_free(nullptr);
  fo1_scene_free(nullptr);
  fo1_result_free(nullptr);
  fo1_image_free(nullptr);
  fo1_regions_free(nullptr);
  fo1_proposer_free(nullptr);
  fo1_cancel_free(nullptr);
  fo1_annotations_free(nullptr);
  fo1_report_free(nullptr);
  fo1_tokenizer_free(nullptr);
}

TEST(Handles, NullArgumentsAreNamed) {
  const auto expect = [](fo1_status status, const char* name) {
    EXPECT_TRUE(refused(status, FO1_INVALID_ARGUMENT, std::string(name) + ": " + kNull));
  };
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> result = detect(scene, {"red circle"});
  fo1_model* model = nullptr;
  fo1_image* image = nullptr;
  fo1_regions* regions = nullptr;
  fo1_scene* new_scene = nullptr;
  fo1_result* new_result = nullptr;
  fo1_proposer* proposer = nullptr;
  fo1_report* report = nullptr;
  fo1_tokenizer* tokenizer = nullptr;

  expect(fo1_model_load(nullptr, "x", nullptr), "out");
  expect(fo1_model_load(&model, nullptr, nullptr), "folder");
  expect(fo1_image_from_pixels(&image, nullptr), "pixels");
  expect(fo1_image_load(&image, nullptr), "path");
  expect(fo1_image_decode(&image, nullptr, 9), "bytes");
  expect(fo1_regions_create(nullptr), "out");
  expect(fo1_regions_from_json(&regions, nullptr), "json");
  expect(fo1_regions_unite(&regions, nullptr, 2, 0.5, 0), "lists");
  expect(fo1_scene_create(&new_scene, nullptr, shapes(), nullptr, nullptr), "fo1_model");
  expect(fo1_scene_create(&new_scene, tiny_model(), nullptr, nullptr, nullptr), "fo1_image");
  expect(fo1_detect(&new_result, nullptr, nullptr, 0, nullptr), "fo1_scene");
  expect(fo1_detect(&new_result, scene, nullptr, 1, nullptr), "labels");
  const char* labels[] = {"red circle", nullptr};
  expect(fo1_detect(&new_result, scene, labels, 2, nullptr), "labels[1]");
  expect(fo1_ground(&new_result, scene, nullptr, nullptr), "phrase");
  expect(fo1_count(&new_result, scene, nullptr, nullptr), "name");
  expect(fo1_ocr(&new_result, scene, nullptr, 1, nullptr), "regions");
  expect(fo1_run(&new_result, scene, nullptr, nullptr, 0, nullptr, 0, nullptr), "task");
  expect(fo1_chat(&new_result, tiny_model(), nullptr, nullptr, nullptr), "messages_json");
  expect(fo1_trace(&new_result, tiny_model(), "[]", nullptr, nullptr, nullptr), "path");
  expect(fo1_result_detection(nullptr, result, 0), "fo1_detection");
  expect(fo1_result_count(nullptr, result), "out");
  expect(fo1_result_draw(result, shapes(), nullptr, nullptr), "path");
  expect(fo1_proposer_load(&proposer, nullptr, nullptr), "choice");
  expect(fo1_proposer_from_callback(&proposer, "mine", nullptr, nullptr), "callback");
  expect(fo1_inspect(&report, nullptr), "folder");
  expect(fo1_tokenizer_load(&tokenizer, nullptr), "model_folder");
  expect(fo1_cancel_trigger(nullptr), "fo1_cancel");
  EXPECT_EQ(fo1_result_text(nullptr), nullptr);
  EXPECT_EQ(fo1_result_regions(nullptr), nullptr);
  EXPECT_EQ(fo1_regions_count(nullptr), 0U);
}

TEST(Handles, AnErrorLeavesNoHandle) {
  auto* scene = reinterpret_cast<fo1_scene*>(16);
  EXPECT_NE(fo1_scene_create(&scene, nullptr, nullptr, nullptr, nullptr), FO1_OK);
  EXPECT_EQ(scene, nullptr);
}

TEST(Handles, ReasonsBelongToTheirThread) {
  fo1_model* none = nullptr;
  EXPECT_EQ(fo1_model_load(&none, "/nowhere", nullptr), FO1_NOT_FOUND);
  const std::string mine = fo1_last_error();
  EXPECT_NE(mine.find("/nowhere"), std::string::npos);
  std::thread([] {
    EXPECT_STREQ(fo1_last_error(), "");
    fo1_image_free(reinterpret_cast<fo1_image*>(3));
    EXPECT_STRNE(fo1_last_error(), "");
  }).join();
  EXPECT_EQ(fo1_last_error(), mine);
}

TEST(Handles, LongReasonsAreCutBetweenCharacters) {
  std::string path = "/";
  for (int i = 0; i < 3000; ++i) path += "\u00e4";  // two bytes each
  fo1_image* none = nullptr;
  EXPECT_NE(fo1_image_load(&none, path.c_str()), FO1_OK);
  const std::string reason = fo1_last_error();
  EXPECT_GT(reason.size(), 4000U);
  EXPECT_LT(reason.size(), 4096U);
  EXPECT_EQ(static_cast<unsigned char>(reason.back()), 0xA4);
}

TEST(Handles, ACountOfMinusOneIsAMistake) {
  const Handle<fo1_scene> scene = shapes_scene();
  const auto minus_one = static_cast<std::size_t>(-1);
  const double box[] = {1, 2, 3, 4};
  const std::int64_t index = 0;
  const char* label = "red circle";
  Handle<fo1_regions> list;
  ASSERT_EQ(fo1_regions_create(list.out()), FO1_OK);
  fo1_result* none = nullptr;
  for (const std::size_t count : {minus_one, std::size_t{1} << 61}) {
    const std::string text = "a count of " + std::to_string(count);
    EXPECT_TRUE(
        refused(fo1_regions_add(list, count, box, nullptr, nullptr), FO1_INVALID_ARGUMENT, text));
    EXPECT_TRUE(refused(fo1_ocr(&none, scene, &index, count, nullptr), FO1_INVALID_ARGUMENT, text));
    EXPECT_TRUE(
        refused(fo1_detect(&none, scene, &label, count, nullptr), FO1_INVALID_ARGUMENT, text));
  }
}

TEST(Handles, AnOutputMayBeAnInput) {
  fo1_regions* list = nullptr;
  ASSERT_EQ(fo1_regions_from_json(&list, "[[1, 2, 3, 4]]"), FO1_OK);
  fo1_regions* const first = list;
  const fo1_regions* const* lists = &list;
  ASSERT_EQ(fo1_regions_unite(&list, lists, 1, 0, 0), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_regions_count(list), 1U);
  fo1_regions_free(list);
  fo1_regions_free(first);
}

TEST(Handles, ReasonsCanBeSetAndCleared) {
  EXPECT_EQ(fo1_regions_count(nullptr), 0U);
  fo1_set_last_error(fo1_last_error());  // itself
  EXPECT_STREQ(fo1_last_error(), "fo1_regions: NULL");
  fo1_set_last_error(nullptr);
  EXPECT_EQ(fo1_last_status(), FO1_OK);
  EXPECT_STREQ(fo1_last_error(), "");
  fo1_image* none = nullptr;
  EXPECT_TRUE(refused(fo1_image_load(&none, "/\xFF\xE2\x82.png"), FO1_NOT_FOUND, "/???.png"));
}

}  // namespace
}  // namespace fo1::test
