// Images, regions, models, proposers, tokenizers, reports.
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "capi/support.h"
#include "support/data.h"

namespace fo1::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

fo1_pixels pixels_of(std::int32_t format, std::int32_t width, std::int32_t height,
                     const std::uint8_t* data, std::int64_t stride = 0) {
  return {sizeof(fo1_pixels), format, width, height, data, stride, nullptr, 0};
}

std::vector<int> rgb_of(const fo1_pixels& pixels) {
  Handle<fo1_image> image;
  EXPECT_EQ(fo1_image_from_pixels(image.out(), &pixels), FO1_OK) << fo1_last_error();
  const std::uint8_t* rgb = fo1_image_rgb(image);
  return {rgb, rgb + 3 * fo1_image_width(image) * fo1_image_height(image)};
}

TEST(Images, EveryFormatAndRowStride) {
  const std::uint8_t data[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  using Values = std::vector<int>;
  EXPECT_EQ(rgb_of(pixels_of(FO1_PIXELS_RGB, 1, 2, data, 6)), (Values{1, 2, 3, 7, 8, 9}));
  EXPECT_EQ(rgb_of(pixels_of(FO1_PIXELS_BGR, 2, 1, data)), (Values{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(rgb_of(pixels_of(FO1_PIXELS_RGBA, 2, 1, data)), (Values{1, 2, 3, 5, 6, 7}));
  EXPECT_EQ(rgb_of(pixels_of(FO1_PIXELS_BGRA, 1, 2, data, 8)), (Values{3, 2, 1, 11, 10, 9}));
  EXPECT_EQ(rgb_of(pixels_of(FO1_PIXELS_GREY, 2, 1, data)), (Values{1, 1, 1, 2, 2, 2}));
}

TEST(Images, Nv12) {
  // Studio white, black, and a red; the planes apart with strides of their own, then together.
  const std::uint8_t luma[] = {235, 235, 0, 16, 16, 0};
  const std::uint8_t chroma[] = {128, 128, 0, 0};
  fo1_pixels pixels = pixels_of(FO1_PIXELS_NV12, 2, 2, luma, 3);
  pixels.chroma = chroma;
  pixels.chroma_stride = 4;
  const std::vector<int> apart = rgb_of(pixels);
  for (int k = 0; k < 6; ++k) EXPECT_NEAR(apart[k], 255, 1);
  for (int k = 6; k < 12; ++k) EXPECT_NEAR(apart[k], 0, 1);

  const std::uint8_t red[] = {81, 81, 81, 81, 90, 240};
  const std::vector<int> together = rgb_of(pixels_of(FO1_PIXELS_NV12, 2, 2, red));
  EXPECT_NEAR(together[0], 254, 2);
  EXPECT_NEAR(together[1], 0, 2);
  EXPECT_NEAR(together[2], 0, 2);

  fo1_image* none = nullptr;
  const fo1_pixels odd = pixels_of(FO1_PIXELS_NV12, 3, 2, luma);
  EXPECT_TRUE(refused(fo1_image_from_pixels(&none, &odd), FO1_INVALID_ARGUMENT, "even sides"));
  pixels.chroma_stride = 1;
  EXPECT_TRUE(
      refused(fo1_image_from_pixels(&none, &pixels), FO1_INVALID_ARGUMENT, "chroma_stride 1"));
}

TEST(Images, WrongPixelsAreErrors) {
  const std::uint8_t data[12] = {};
  fo1_image* none = nullptr;
  const auto refuses = [&](const fo1_pixels& pixels, const char* text) {
    return refused(fo1_image_from_pixels(&none, &pixels), FO1_INVALID_ARGUMENT, text);
  };
  EXPECT_TRUE(refuses(pixels_of(99, 1, 1, data), "format 99"));
  EXPECT_TRUE(refuses(pixels_of(FO1_PIXELS_RGB, 0, 1, data), "0 x 1"));
  EXPECT_TRUE(refuses(pixels_of(FO1_PIXELS_RGB, 1, -1, data), "1 x -1"));
  EXPECT_TRUE(refuses(pixels_of(FO1_PIXELS_RGB, 2, 2, data, 5), "stride 5"));
  EXPECT_TRUE(refuses(pixels_of(FO1_PIXELS_RGB, 2, 2, data, -6), "stride -6"));
  EXPECT_TRUE(refuses(pixels_of(FO1_PIXELS_RGB, 2, 2, nullptr), "null"));
  EXPECT_TRUE(refused(fo1_image_decode(&none, "no picture", 10), FO1_CORRUPT_FILE, ""));
  EXPECT_TRUE(refused(fo1_image_load(&none, "/nowhere.png"), FO1_NOT_FOUND, "/nowhere.png"));
}

TEST(Regions, ListsAreBuiltAndRead) {
  Handle<fo1_regions> list, part, both;
  ASSERT_EQ(fo1_regions_create(list.out()), FO1_OK);
  EXPECT_STREQ(fo1_regions_source(list), "given");
  const double boxes[] = {1, 2, 3, 4, 5, 6, 7.5, 8};
  const double scores[] = {0.5, kNan};
  const char* labels[] = {nullptr, "Kätzchen"};
  ASSERT_EQ(fo1_regions_add(list, 2, boxes, scores, labels), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_regions_add(list, 1, boxes + 4, nullptr, nullptr), FO1_OK);
  ASSERT_EQ(fo1_regions_add(list, 0, nullptr, nullptr, nullptr), FO1_OK);
  ASSERT_EQ(fo1_regions_count(list), 3U);
  fo1_region region;
  region.struct_size = sizeof region;
  ASSERT_EQ(fo1_regions_get(&region, list, 0), FO1_OK);
  EXPECT_EQ(region.score, 0.5);
  EXPECT_STREQ(region.label, "");
  ASSERT_EQ(fo1_regions_get(&region, list, 1), FO1_OK);
  EXPECT_TRUE(std::isnan(region.score));
  EXPECT_STREQ(region.label, "Kätzchen");
  EXPECT_EQ(region.box[2], 7.5);
  EXPECT_TRUE(refused(fo1_regions_get(&region, list, 3), FO1_INVALID_ARGUMENT, "index 3 of 3"));

  ASSERT_EQ(fo1_regions_from_json(part.out(), fo1_regions_json(list, shapes())), FO1_OK)
      << fo1_last_error();
  EXPECT_EQ(fo1_regions_count(part), 3U);
  const fo1_regions* const lists[] = {list, part};
  ASSERT_EQ(fo1_regions_unite(both.out(), lists, 2, 0, 0), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_regions_count(both), 6U);
}

TEST(Regions, AWrongOneAddsNothing) {
  Handle<fo1_regions> list;
  ASSERT_EQ(fo1_regions_create(list.out()), FO1_OK);
  const double boxes[] = {1, 2, 3, 4, 5, 6, kNan, 8};
  EXPECT_TRUE(refused(fo1_regions_add(list, 2, boxes, nullptr, nullptr), FO1_INVALID_ARGUMENT,
                      "boxes[6]: expected a finite number, got nan"));
  const double score = 1.5;
  EXPECT_TRUE(refused(fo1_regions_add(list, 1, boxes, &score, nullptr), FO1_INVALID_ARGUMENT,
                      "scores[0]: expected 0 to 1"));
  EXPECT_EQ(fo1_regions_count(list), 0U);
  const char* label = "\xC3(";
  EXPECT_TRUE(refused(fo1_regions_add(list, 1, boxes, nullptr, &label), FO1_INVALID_ARGUMENT,
                      "labels[0]: not UTF-8 at byte 0"));
  EXPECT_EQ(fo1_regions_count(list), 0U);
  fo1_regions* none = nullptr;
  EXPECT_TRUE(refused(fo1_regions_from_json(&none, "[[1, 2"), FO1_CORRUPT_FILE, "json"));
}

TEST(Models, OptionsAreHeeded) {
  fo1_model* none = nullptr;
  const std::string folder = model_folder();
  fo1_load_options options = load_options();
  options.dtype = "int3";
  EXPECT_TRUE(
      refused(fo1_model_load(&none, folder.c_str(), &options), FO1_INVALID_ARGUMENT, "int3"));
  options = load_options();
  options.device = "toaster";
  EXPECT_TRUE(
      refused(fo1_model_load(&none, folder.c_str(), &options), FO1_INVALID_ARGUMENT, "toaster"));
  options = load_options();
  options.memory_limit = 1000;
  EXPECT_TRUE(refused(fo1_model_load(&none, folder.c_str(), &options), FO1_OUT_OF_MEMORY,
                      "the limit is 1000"));
  options = load_options();
  options.proposals = "upn:/nowhere";
  EXPECT_TRUE(refused(fo1_model_load(&none, folder.c_str(), &options), FO1_NOT_FOUND, "/nowhere"));
  EXPECT_TRUE(refused(fo1_model_load(&none, "/nowhere", nullptr), FO1_NOT_FOUND, "/nowhere"));
  EXPECT_EQ(none, nullptr);

  Handle<fo1_model> model;
  options = load_options();
  options.dtype = "bfloat16";
  ASSERT_EQ(fo1_model_load(model.out(), folder.c_str(), &options), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_model_folder(model), folder);
  EXPECT_EQ(fo1_model_has_regions(model), 1);
  EXPECT_EQ(fo1_model_region_limit(model), 100);
  fo1_proposer* proposer = nullptr;
  EXPECT_TRUE(refused(fo1_model_proposer(&proposer, model), FO1_NOT_FOUND, "no proposal network"));
}

TEST(Tokenizers, BothWaysWithAnyRoom) {
  Handle<fo1_tokenizer> tokenizer;
  ASSERT_EQ(fo1_tokenizer_load(tokenizer.out(), model_folder().c_str()), FO1_OK)
      << fo1_last_error();
  const char* text = "a red circle, ein Kreis <|im_end|>";
  std::size_t count = 0;
  ASSERT_EQ(fo1_tokenizer_encode(nullptr, 0, &count, tokenizer, text), FO1_OK);
  ASSERT_GT(count, 3U);
  std::vector<std::int64_t> ids(count, -1);
  ASSERT_EQ(fo1_tokenizer_encode(ids.data(), 2, &count, tokenizer, text), FO1_OK);
  EXPECT_EQ(count, ids.size());
  EXPECT_EQ(ids[2], -1);
  ASSERT_EQ(fo1_tokenizer_encode(ids.data(), ids.size(), &count, tokenizer, text), FO1_OK);

  std::size_t size = 0;
  char back[64];
  ASSERT_EQ(fo1_tokenizer_decode(nullptr, 0, &size, tokenizer, ids.data(), count, 0), FO1_OK);
  EXPECT_EQ(size, std::strlen(text));
  ASSERT_EQ(fo1_tokenizer_decode(back, sizeof back, &size, tokenizer, ids.data(), count, 0),
            FO1_OK);
  EXPECT_STREQ(back, text);
  ASSERT_EQ(fo1_tokenizer_decode(back, 6, &size, tokenizer, ids.data(), count, 1), FO1_OK);
  EXPECT_STREQ(back, "a red");
  EXPECT_TRUE(refused(fo1_tokenizer_encode(nullptr, 0, &count, tokenizer, "\xFF"),
                      FO1_INVALID_ARGUMENT, "UTF-8"));
}

TEST(Reports, ASoundModel) {
  Handle<fo1_report> seen, checked;
  ASSERT_EQ(fo1_inspect(seen.out(), model_folder().c_str()), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_report_problem_count(seen), 0U);
  EXPECT_GT(fo1_report_memory(seen, nullptr), fo1_report_memory(seen, "bfloat16"));
  EXPECT_EQ(fo1_report_memory(seen, "int3"), 0);
  EXPECT_NE(std::string(fo1_report_json(seen)).find("\"is_whole\":true"), std::string::npos);
  ASSERT_EQ(fo1_self_check(checked.out(), model_folder().c_str(), nullptr), FO1_OK)
      << fo1_last_error();
  EXPECT_EQ(fo1_report_problem_count(checked), 0U) << fo1_report_problem(checked, 0);
}

// A copy of the shipped model whose first weights are overwritten.
std::string with_broken_weights(unsigned char byte) {
  namespace fs = std::filesystem;
  const fs::path folder = scratch_folder();
  for (const auto& entry : fs::directory_iterator(model_folder())) {
    fs::copy_file(entry.path(), folder / entry.path().filename());
    if (entry.path().extension() != ".safetensors") continue;
    const fs::path weights = folder / entry.path().filename();
    fs::permissions(weights, fs::perms::owner_write, fs::perm_options::add);
    std::fstream file(weights, std::ios::binary | std::ios::in | std::ios::out);
    const auto size = static_cast<std::streamoff>(fs::file_size(weights));
    file.seekp(size / 2);
    for (std::streamoff i = size / 2; i < size; ++i) file.put(static_cast<char>(byte));
  }
  return folder.string();
}

TEST(Reports, BrokenNumbersAreFoundByTheSelfCheckAlone) {
  const std::string folder = with_broken_weights(0xFF);  // NaN
  Handle<fo1_report> seen, checked;
  ASSERT_EQ(fo1_inspect(seen.out(), folder.c_str()), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_report_problem_count(seen), 0U);
  ASSERT_EQ(fo1_self_check(checked.out(), folder.c_str(), nullptr), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_report_problem_count(checked), 1U);
  EXPECT_NE(std::string(fo1_report_problem(checked, 0)).find("not finite"), std::string::npos);
  EXPECT_EQ(fo1_report_problem(checked, 1), nullptr);
}

TEST(Reports, AFolderThatCannotBeReadIsAProblemOfTheSelfCheck) {
  const std::string folder = with_broken_weights(0);
  std::ofstream(folder + "/config.json") << "{";
  Handle<fo1_report> checked;
  fo1_report* none = nullptr;
  EXPECT_TRUE(refused(fo1_inspect(&none, folder.c_str()), FO1_CORRUPT_FILE, "config.json"));
  ASSERT_EQ(fo1_self_check(checked.out(), folder.c_str(), nullptr), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_report_problem_count(checked), 1U);
  EXPECT_EQ(std::string(fo1_report_problem(checked, 0)).rfind("failed: " + folder, 0), 0U);
}

TEST(Reports, WhatCannotBeReadIsAnError) {
  fo1_report* none = nullptr;
  EXPECT_TRUE(refused(fo1_inspect(&none, "/nowhere"), FO1_NOT_FOUND, "/nowhere"));
  EXPECT_TRUE(refused(fo1_self_check(&none, "/nowhere", nullptr), FO1_NOT_FOUND, "/nowhere"));
}

}  // namespace
}  // namespace fo1::test
