// What is asked through C is answered as it is through C++, and as it was recorded.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "capi/support.h"
#include "fo1/fo1.h"
#include "support/data.h"

namespace fo1::test {
namespace {

using nlohmann::json;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The JSON of an answer, which is the same each time without its times.
json comparable(const std::string& text) {
  json result = json::parse(text);
  result.erase("timings_ms");
  return result;
}

const fo1_model* recorded_model(const std::string& name) {
  static std::map<std::string, Handle<fo1_model>> models;
  const auto [model, is_new] = models.try_emplace(name);
  if (is_new) {
    const std::string folder = data_path("parity/" + name);
    EXPECT_EQ(fo1_model_load(model->second.out(), folder.c_str(), nullptr), FO1_OK)
        << fo1_last_error();
  }
  return model->second;
}

TEST(Answers, RecordedConversations) {
  const json manifest = json::parse(text_of(data_path("parity/manifest.json")));
  const std::string root = data_path("parity");
  ASSERT_FALSE(manifest["cases"].empty());
  for (const json& row : manifest["cases"]) {
    if (!row["trained"]) continue;  // its words hang on the last bit
    const std::string name = row["name"];
    const std::string text = text_of(data_path("parity/cases/" + name + ".json"));
    const json spec = json::parse(text);
    fo1_ask_options options = ask_options();
    options.max_new_tokens = spec["max_new_tokens"];
    Handle<fo1_result> result;
    ASSERT_EQ(
        fo1_chat(result.out(), recorded_model(row["model"]), text.c_str(), root.c_str(), &options),
        FO1_OK)
        << name << ": " << fo1_last_error();
    std::string wanted = spec["text"];
    if (spec["stopped_by_end_token"]) wanted.resize(wanted.rfind("<|im_end|>"));
    EXPECT_EQ(fo1_result_text(result), wanted) << name;
    EXPECT_EQ(fo1_result_prompt(result), spec["prompt"]) << name;
  }
}

TEST(Answers, EveryTaskAsThroughCpp) {
  const struct {
    const char* task;
    std::vector<const char*> query;
    std::vector<std::int64_t> regions;
  } questions[] = {
      {"detect", {"red circle", "blue square"}, {}},
      {"ground", {"the red circle"}, {}},
      {"count", {"red circle"}, {}},
      {"ocr", {}, {1, 2}},
      {"caption", {"detailed"}, {0}},
      {"describe", {}, {}},
      {"similar", {}, {1}},
      {"reason", {"What is left of it?"}, {}},
      {"ask", {"What is <region1>?"}, {}},
  };
  fo1_ask_options options = ask_options();
  options.max_new_tokens = 24;
  AskOptions cpp_options;
  cpp_options.max_new_tokens = 24;
  const Handle<fo1_scene> scene = shapes_scene();
  Scene cpp_scene =
      Model::load(model_folder())
          .scene(Image::load(std::string(FO1_MODELS) + "/samples/shapes.png"),
                 regions_from_json(text_of(std::string(FO1_MODELS) + "/samples/shapes.json"), ""));
  for (const auto& question : questions) {
    Handle<fo1_result> result;
    ASSERT_EQ(
        fo1_run(result.out(), scene, question.task, question.query.data(), question.query.size(),
                question.regions.data(), question.regions.size(), &options),
        FO1_OK)
        << question.task << ": " << fo1_last_error();
    const Answer answer = cpp_scene.ask(
        {question.task, {question.query.begin(), question.query.end()}, question.regions},
        cpp_options);
    EXPECT_EQ(comparable(fo1_result_json(result)), comparable(answer.to_json())) << question.task;
    EXPECT_STREQ(fo1_result_task(result), question.task);
    EXPECT_EQ(fo1_result_text(result), answer.text);
    EXPECT_EQ(fo1_result_reasoning(result) != nullptr, answer.reasoning.has_value());
    EXPECT_EQ(fo1_result_answer(result) != nullptr, answer.answer.has_value());
  }
}

// The getters and the JSON say the same.
TEST(Answers, GettersTellWhatTheJsonTells) {
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> found = detect(scene, {"red circle", "blue square"});
  const json told = json::parse(fo1_result_json(found));
  ASSERT_EQ(fo1_result_detection_count(found), told["detections"].size());
  ASSERT_GT(told["detections"].size(), 1U);
  for (std::size_t i = 0; i < told["detections"].size(); ++i) {
    const json& expected = told["detections"][i];
    fo1_detection got;
    got.struct_size = sizeof got;
    ASSERT_EQ(fo1_result_detection(&got, found, i), FO1_OK);
    EXPECT_EQ(got.label, expected["label"]);
    EXPECT_EQ(got.region, expected["region"]);
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(got.box[k], expected["box"][k]);
    EXPECT_NEAR(got.score, expected["score"], 1e-6);
    EXPECT_NEAR(got.confidence, expected["confidence"], 1e-6);
    EXPECT_TRUE(std::isnan(got.proposal_score));
  }
  ASSERT_EQ(fo1_result_region_count(found), told["regions"].size());
  for (std::size_t i = 0; i < told["regions"].size(); ++i) {
    EXPECT_EQ(fo1_result_regions(found)[i], told["regions"][i]);
  }
  fo1_token_counts tokens;
  tokens.struct_size = sizeof tokens;
  ASSERT_EQ(fo1_result_tokens(&tokens, found), FO1_OK);
  EXPECT_EQ(tokens.generated, told["tokens"]["generated"]);
  EXPECT_EQ(tokens.region, 7);
  ASSERT_EQ(fo1_result_timing_count(found), told["timings_ms"].size());
  bool generated = false;
  for (std::size_t i = 0; i < fo1_result_timing_count(found); ++i) {
    EXPECT_TRUE(told["timings_ms"].contains(fo1_result_timing_stage(found, i)));
    EXPECT_GT(fo1_result_timing_ms(found, i), 0);
    generated |= fo1_result_timing_stage(found, i) == std::string("generate");
  }
  EXPECT_TRUE(generated);
  EXPECT_EQ(fo1_result_finish(found), FO1_FINISH_STOP);

  fo1_detection none;
  none.struct_size = sizeof none;
  EXPECT_TRUE(refused(fo1_result_detection(&none, found, 99), FO1_INVALID_ARGUMENT,
                      "detections: index 99 of "));
  std::int64_t number = -5;
  EXPECT_TRUE(refused(fo1_result_count(&number, found), FO1_NOT_FOUND, "no number was said"));
  EXPECT_EQ(number, -5);
  EXPECT_EQ(fo1_result_timing_stage(found, 99), nullptr);
}

TEST(Answers, CountTextsAndSpans) {
  const Handle<fo1_scene> scene = shapes_scene();
  Handle<fo1_result> counted, read, described;
  ASSERT_EQ(fo1_count(counted.out(), scene, "red circle", nullptr), FO1_OK) << fo1_last_error();
  std::int64_t number = -1;
  ASSERT_EQ(fo1_result_count(&number, counted), FO1_OK) << fo1_last_error();
  EXPECT_EQ(number, json::parse(fo1_result_json(counted))["count"]);

  const char* brief = "brief";
  const std::int64_t regions[] = {4, 2};
  ASSERT_EQ(fo1_run(read.out(), scene, "caption", &brief, 1, regions, 2, nullptr), FO1_OK);
  ASSERT_EQ(fo1_result_region_text_count(read), 2U);
  fo1_region_text text;
  text.struct_size = sizeof text;
  ASSERT_EQ(fo1_result_region_text(&text, read, 0), FO1_OK);
  EXPECT_EQ(text.region, 4);
  EXPECT_STREQ(text.text, "a red circle");

  fo1_ask_options options = ask_options();
  options.max_new_tokens = 30;
  ASSERT_EQ(fo1_run(described.out(), scene, "describe", nullptr, 0, nullptr, 0, &options), FO1_OK);
  const json told = json::parse(fo1_result_json(described));
  ASSERT_EQ(fo1_result_span_count(described), told.value("spans", json::array()).size());
  for (std::size_t i = 0; i < fo1_result_span_count(described); ++i) {
    fo1_span span;
    span.struct_size = sizeof span;
    ASSERT_EQ(fo1_result_span(&span, described, i), FO1_OK);
    EXPECT_EQ(span.text, told["spans"][i]["text"]);
    EXPECT_EQ(std::vector<std::int64_t>(span.regions, span.regions + span.region_count),
              told["spans"][i]["regions"]);
  }
  ASSERT_EQ(fo1_result_dropped_count(described), told.value("dropped", json::array()).size());
  for (std::size_t i = 0; i < fo1_result_dropped_count(described); ++i) {
    fo1_dropped dropped;
    dropped.struct_size = sizeof dropped;
    ASSERT_EQ(fo1_result_dropped(&dropped, described, i), FO1_OK);
    EXPECT_EQ(dropped.reason, told["dropped"][i]["reason"]);
  }
}

TEST(Answers, WrongQuestionsAreErrors) {
  const Handle<fo1_scene> scene = shapes_scene();
  fo1_result* none = nullptr;
  const std::int64_t far = 70;
  const char* empty = "";
  EXPECT_TRUE(refused(fo1_run(&none, scene, "fly", nullptr, 0, nullptr, 0, nullptr),
                      FO1_INVALID_ARGUMENT, "fly"));
  EXPECT_TRUE(refused(fo1_ocr(&none, scene, &far, 1, nullptr), FO1_INVALID_ARGUMENT, "70"));
  EXPECT_TRUE(refused(fo1_detect(&none, scene, nullptr, 0, nullptr), FO1_INVALID_ARGUMENT, ""));
  EXPECT_TRUE(refused(fo1_detect(&none, scene, &empty, 1, nullptr), FO1_INVALID_ARGUMENT, ""));
  EXPECT_TRUE(
      refused(fo1_ground(&none, scene, "\xFF\xFE", nullptr), FO1_INVALID_ARGUMENT, "UTF-8"));
  fo1_ask_options options = ask_options();
  options.top_p = 7;
  EXPECT_TRUE(refused(fo1_ground(&none, scene, "it", &options), FO1_INVALID_ARGUMENT, "top_p"));
  options = ask_options();
  options.all_regions = 2;
  EXPECT_TRUE(
      refused(fo1_ground(&none, scene, "it", &options), FO1_INVALID_ARGUMENT, "all_regions"));
  options = ask_options();
  options.deadline_seconds = std::nan("");
  EXPECT_TRUE(refused(fo1_ground(&none, scene, "it", &options), FO1_INVALID_ARGUMENT, "deadline"));
  EXPECT_TRUE(refused(fo1_chat(&none, tiny_model(), "[{]", nullptr, nullptr), FO1_CORRUPT_FILE,
                      "messages_json"));
  EXPECT_GT(fo1_result_detection_count(detect(scene, {"red circle"})), 0U);  // it lives on
}

TEST(Answers, Annotations) {
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> circles = detect(scene, {"red circle"});
  const Handle<fo1_result> squares = detect(scene, {"blue square", "red circle"});
  const char* known[] = {"green star", "red circle"};
  Handle<fo1_annotations> set;
  ASSERT_EQ(fo1_annotations_create(set.out(), known, 2), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_annotations_add(set, circles, "a/1.png"), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_annotations_add(set, squares, "a/2.png"), FO1_OK) << fo1_last_error();
  ASSERT_EQ(fo1_annotations_label_count(set), 3U);
  EXPECT_STREQ(fo1_annotations_label(set, 2), "blue square");
  EXPECT_EQ(fo1_annotations_label(set, 3), nullptr);

  const json coco = json::parse(fo1_annotations_coco(set));
  EXPECT_EQ(coco["images"][1]["file_name"], "a/2.png");
  EXPECT_EQ(coco["categories"].size(), 3U);
  EXPECT_EQ(coco["annotations"].size(),
            fo1_result_detection_count(circles) + fo1_result_detection_count(squares));
  const std::string yolo = fo1_annotations_yolo(set, 1);
  EXPECT_NE(("\n" + yolo).find("\n2 0."), std::string::npos) << yolo;
  EXPECT_NE(std::string(fo1_annotations_yolo_data(set)).find("blue square"), std::string::npos);
  EXPECT_EQ(json::parse(fo1_annotations_labelme(set, 0, "../1.png"))["imagePath"], "../1.png");

  EXPECT_EQ(fo1_annotations_yolo(set, 2), nullptr);
  EXPECT_STREQ(fo1_last_error(), "images: index 2 of 2");
  Handle<fo1_result> talk;
  fo1_ask_options brief = ask_options();
  brief.max_new_tokens = 1;
  ASSERT_EQ(fo1_chat(talk.out(), tiny_model(), R"([{"role": "user", "content": "Hello"}])", nullptr,
                     &brief),
            FO1_OK);
  EXPECT_TRUE(
      refused(fo1_annotations_add(set, talk, "x"), FO1_INVALID_ARGUMENT, "image with a size"));
  EXPECT_NE(fo1_annotations_coco(set), nullptr);  // as it was
  fo1_annotations* none = nullptr;
  known[1] = known[0];
  EXPECT_TRUE(refused(fo1_annotations_create(&none, known, 2), FO1_INVALID_ARGUMENT, "green star"));
}

TEST(Answers, PicturesAndTraces) {
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> found = detect(scene, {"red circle"});
  const std::string folder = scratch_folder();
  const std::string picture = folder + "/found.png", trace = folder + "/trace.safetensors";
  ASSERT_EQ(fo1_result_draw(found, shapes(), shape_regions(), picture.c_str()), FO1_OK)
      << fo1_last_error();
  Handle<fo1_image> drawn;
  ASSERT_EQ(fo1_image_load(drawn.out(), picture.c_str()), FO1_OK);
  EXPECT_GE(fo1_image_height(drawn), fo1_image_height(shapes()));
  EXPECT_TRUE(
      refused(fo1_result_draw(found, shapes(), nullptr, "x.txt"), FO1_INVALID_ARGUMENT, "x.txt"));

  Handle<fo1_result> traced;
  fo1_ask_options options = ask_options();
  options.max_new_tokens = 1;
  ASSERT_EQ(fo1_trace(traced.out(), tiny_model(), R"([{"role": "user", "content": "Hello"}])",
                      nullptr, trace.c_str(), &options),
            FO1_OK)
      << fo1_last_error();
  EXPECT_GT(std::filesystem::file_size(trace), 100U);
}

}  // namespace
}  // namespace fo1::test
