// Many threads on one model, handles freed under running calls, and nothing that grows.
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "capi/support.h"

namespace fo1::test {
namespace {

constexpr int kThreads = 6;

template <class Work>
void in_threads(const Work& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

std::string answer(const std::vector<const char*>& labels) {
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> result = detect(scene, labels);
  std::string text = fo1_result_text(result);
  for (std::size_t i = 0; i < fo1_result_detection_count(result); ++i) {
    fo1_detection found;
    found.struct_size = sizeof found;
    EXPECT_EQ(fo1_result_detection(&found, result, i), FO1_OK);
    text += ' ' + std::to_string(found.region) + ' ' + std::to_string(found.confidence);
  }
  return text;
}

TEST(Threads, SameAnswersAsOneThread) {
  const std::vector<std::vector<const char*>> questions = {
      {"red circle"}, {"blue square"}, {"yellow triangle"}, {"red circle", "blue square"}};
  std::vector<std::string> alone;
  for (const auto& question : questions) alone.push_back(answer(question));
  in_threads([&](int thread) {
    for (std::size_t round = 0; round < 8; ++round) {
      const std::size_t which = (round + static_cast<std::size_t>(thread)) % questions.size();
      EXPECT_EQ(answer(questions[which]), alone[which]);
    }
  });
}

// One call has the scene; the others are told so, and nothing breaks.
TEST(Threads, OneSceneServesOneCallAtATime) {
  const Handle<fo1_scene> scene = shapes_scene();
  const std::string alone = fo1_result_text(detect(scene, {"red circle"}));
  std::atomic<int> answered{0};
  in_threads([&](int) {
    for (int round = 0; round < 10; ++round) {
      Handle<fo1_result> result;
      const fo1_status status = fo1_ground(result.out(), scene, "red circle", nullptr);
      if (status == FO1_OK) {
        ++answered;
        EXPECT_NE(fo1_result_text(result), nullptr);
      } else {
        EXPECT_TRUE(refused(status, FO1_INVALID_ARGUMENT, "in use by another call"));
      }
    }
  });
  EXPECT_GT(answered, 0);
  EXPECT_EQ(fo1_result_text(detect(scene, {"red circle"})), alone);
}

TEST(Threads, AHandleFreedUnderARunningCallLivesUntilItsEnd) {
  fo1_scene* scene = shapes_scene().release();
  fo1_ask_options options = ask_options();
  options.user = scene;
  options.on_token = [](void* user, const char*, std::size_t) {
    std::thread([user] { fo1_scene_free(static_cast<fo1_scene*>(user)); }).join();
    return static_cast<std::int32_t>(FO1_CONTINUE);
  };
  Handle<fo1_result> result;
  ASSERT_EQ(fo1_ground(result.out(), scene, "red circle", &options), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_result_finish(result), FO1_FINISH_STOP);
  fo1_result* none = nullptr;
  EXPECT_EQ(fo1_ground(&none, scene, "red circle", nullptr), FO1_INVALID_ARGUMENT);
}

TEST(Threads, HandlesAreMadeAndFreedEverywhere) {
  in_threads([](int) {
    for (int round = 0; round < 2000; ++round) {
      Handle<fo1_regions> list;
      Handle<fo1_cancel> cancel;
      const double box[] = {1, 2, 3, 4};
      ASSERT_EQ(fo1_regions_create(list.out()), FO1_OK);
      ASSERT_EQ(fo1_regions_add(list, 1, box, nullptr, nullptr), FO1_OK);
      ASSERT_EQ(fo1_cancel_create(cancel.out()), FO1_OK);
      ASSERT_EQ(fo1_cancel_trigger(cancel), FO1_OK);
      ASSERT_EQ(fo1_regions_count(list), 1U);
    }
  });
}

// Against the rule, and yet nothing breaks.
TEST(Threads, OneListInManyThreads) {
  Handle<fo1_regions> list;
  Handle<fo1_annotations> set;
  ASSERT_EQ(fo1_regions_create(list.out()), FO1_OK);
  ASSERT_EQ(fo1_annotations_create(set.out(), nullptr, 0), FO1_OK);
  const Handle<fo1_scene> scene = shapes_scene();
  const Handle<fo1_result> result = detect(scene, {"red circle"});
  in_threads([&](int) {
    const double box[] = {1, 2, 3, 4};
    for (int round = 0; round < 50; ++round) {
      EXPECT_EQ(fo1_regions_add(list, 1, box, nullptr, nullptr), FO1_OK);
      EXPECT_NE(fo1_regions_json(list, shapes()), nullptr);
      EXPECT_EQ(fo1_annotations_add(set, result, "a.png"), FO1_OK);
      EXPECT_NE(fo1_annotations_coco(set), nullptr);
    }
  });
  EXPECT_EQ(fo1_regions_count(list), 50U * kThreads);
}

// Whoever replaces the callback may free what the old one used.
TEST(Threads, NoMessageComesAfterTheCallbackWasReplaced) {
  std::atomic<bool> alive{true};
  const auto keep = [](void* user, std::int32_t, const char*) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(*static_cast<std::atomic<bool>*>(user));
    fo1_report* report = nullptr;  // what this logs is dropped: the sink is not called for itself
    EXPECT_EQ(fo1_inspect(&report, model_folder().c_str()), FO1_OK);
    fo1_report_free(report);
  };
  ASSERT_EQ(fo1_set_log(FO1_LOG_DEBUG, keep, &alive), FO1_OK);
  std::thread loading([] {
    Handle<fo1_model> model;
    EXPECT_EQ(fo1_model_load(model.out(), model_folder().c_str(), nullptr), FO1_OK);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  ASSERT_EQ(fo1_set_log(FO1_LOG_OFF, nullptr, nullptr), FO1_OK);
  alive = false;
  loading.join();
}

std::int64_t resident_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") break;
  }
  std::int64_t kib = 0;
  status >> kib;
  return kib;
}

// An image kept by mistake would be 200 times the scene: the tiny model's takes about 1 MiB.
TEST(Leaks, TwoHundredScenesTakeNoMoreThanAFew) {
  for (int i = 0; i < 20; ++i) answer({"red circle"});
  const std::int64_t before = resident_kib();
  for (int i = 0; i < 200; ++i) answer({"red circle"});
  const std::int64_t grown = resident_kib() - before;
  RecordProperty("grown_kib", static_cast<int>(grown));
  EXPECT_LT(grown, 16 * 1024) << "KiB over 200 scenes";
}

}  // namespace
}  // namespace fo1::test
