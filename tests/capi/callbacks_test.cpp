// Progress, tokens, cancelling, deadlines, the log.
#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

#include "capi/support.h"

namespace fo1::test {
namespace {

// What a call said, and what it is told when.
struct Watch {
  std::map<std::string, std::int64_t> steps;  // of each stage
  std::vector<std::string> order;
  std::string stop_at;
  std::int32_t say = FO1_CONTINUE;  // from `stop_at` on
  fo1_cancel* trigger = nullptr;    // from another thread, at `stop_at`
  std::int64_t after = 0;           // steps after that

  static std::int32_t on_progress(void* user, const char* stage, std::int64_t done,
                                  std::int64_t total) {
    auto& watch = *static_cast<Watch*>(user);
    EXPECT_LE(total == 0 ? 0 : done, total);
    if (watch.steps[stage]++ == 0) watch.order.emplace_back(stage);
    if (watch.triggered_) ++watch.after;
    if (stage != watch.stop_at) return FO1_CONTINUE;
    if (watch.trigger) {
      std::thread([&] { fo1_cancel_trigger(watch.trigger); }).join();
      watch.triggered_ = true;
    }
    return watch.say;
  }

 private:
  bool triggered_ = false;
};

fo1_status make_scene(Handle<fo1_scene>& scene, Watch& watch, fo1_cancel* cancel = nullptr) {
  fo1_scene_options options = scene_options();
  options.on_progress = Watch::on_progress;
  options.user = &watch;
  options.cancel = cancel;
  return fo1_scene_create(scene.out(), tiny_model(), shapes(), shape_regions(), &options);
}

fo1_status ask(Handle<fo1_result>& result, fo1_scene* scene, Watch& watch,
               fo1_cancel* cancel = nullptr) {
  fo1_ask_options options = ask_options();
  options.on_progress = Watch::on_progress;
  options.user = &watch;
  options.cancel = cancel;
  const char* label = "red circle";
  return fo1_detect(result.out(), scene, &label, 1, &options);
}

TEST(Progress, NamesTheStagesInTheirOrder) {
  Watch loading, encoding, answering;
  fo1_load_options options = load_options();
  options.on_progress = Watch::on_progress;
  options.user = &loading;
  Handle<fo1_model> model;
  ASSERT_EQ(fo1_model_load(model.out(), model_folder().c_str(), &options), FO1_OK);
  EXPECT_EQ(loading.order, std::vector<std::string>{"load"});

  Handle<fo1_scene> scene;
  Handle<fo1_result> result;
  ASSERT_EQ(make_scene(scene, encoding), FO1_OK) << fo1_last_error();
  EXPECT_EQ(encoding.order, (std::vector<std::string>{"decode", "encode_primary",
                                                      "encode_auxiliary", "encode_regions"}));
  ASSERT_EQ(ask(result, scene, answering), FO1_OK) << fo1_last_error();
  EXPECT_EQ(answering.order, (std::vector<std::string>{"prefill", "generate"}));
  fo1_token_counts tokens;
  tokens.struct_size = sizeof tokens;
  ASSERT_EQ(fo1_result_tokens(&tokens, result), FO1_OK);
  EXPECT_EQ(answering.steps["generate"], tokens.generated - 1);  // not after the end token
}

TEST(Progress, StopsEveryStageAtOnce) {
  for (const char* stage : {"decode", "encode_primary", "encode_auxiliary", "encode_regions"}) {
    for (const std::int32_t say : {FO1_STOP, FO1_CANCEL}) {
      Watch watch;
      watch.stop_at = stage;
      watch.say = say;
      Handle<fo1_scene> scene;
      EXPECT_TRUE(refused(make_scene(scene, watch), FO1_CANCELLED, stage));
      EXPECT_EQ(scene.get(), nullptr);
      EXPECT_EQ(watch.steps[stage], 1);
    }
  }
}

TEST(Progress, StopKeepsTheWordsAndCancelDoesNot) {
  const Handle<fo1_scene> scene = shapes_scene();
  Watch stopped, cancelled, early;
  stopped.stop_at = cancelled.stop_at = "generate";
  stopped.say = FO1_STOP;
  cancelled.say = FO1_CANCEL;
  early.stop_at = "prefill";
  early.say = FO1_STOP;
  Handle<fo1_result> result;
  ASSERT_EQ(ask(result, scene, stopped), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_result_finish(result), FO1_FINISH_CANCELLED);
  EXPECT_STREQ(fo1_result_text(result), "<ground>");
  Handle<fo1_result> none;
  EXPECT_TRUE(refused(ask(none, scene, cancelled), FO1_CANCELLED, "cancelled by a callback"));
  EXPECT_TRUE(refused(ask(none, scene, early), FO1_CANCELLED, "prefill"));
  EXPECT_EQ(none.get(), nullptr);
  Watch again;
  EXPECT_EQ(ask(none, scene, again), FO1_OK) << "the scene can be asked again";
}

TEST(Progress, AnotherThreadCancelsWithinOneStep) {
  for (const char* stage : {"encode_primary", "encode_auxiliary"}) {
    Handle<fo1_cancel> cancel;
    ASSERT_EQ(fo1_cancel_create(cancel.out()), FO1_OK);
    Watch watch;
    watch.stop_at = stage;
    watch.trigger = cancel;
    Handle<fo1_scene> scene;
    EXPECT_TRUE(refused(make_scene(scene, watch, cancel), FO1_CANCELLED, stage));
    EXPECT_EQ(watch.after, 0);
  }
  Handle<fo1_cancel> cancel;
  ASSERT_EQ(fo1_cancel_create(cancel.out()), FO1_OK);
  const Handle<fo1_scene> scene = shapes_scene();
  Watch watch;
  watch.stop_at = "generate";
  watch.trigger = cancel;
  Handle<fo1_result> result;
  ASSERT_EQ(ask(result, scene, watch, cancel), FO1_OK) << fo1_last_error();
  EXPECT_EQ(watch.after, 0);
  EXPECT_EQ(fo1_result_finish(result), FO1_FINISH_CANCELLED);
}

TEST(Cancel, TwiceIsOnceAndItStays) {
  Handle<fo1_cancel> cancel;
  ASSERT_EQ(fo1_cancel_create(cancel.out()), FO1_OK);
  EXPECT_EQ(fo1_cancel_triggered(cancel), 0);
  EXPECT_EQ(fo1_cancel_trigger(cancel), FO1_OK);
  EXPECT_EQ(fo1_cancel_trigger(cancel), FO1_OK);
  EXPECT_EQ(fo1_cancel_triggered(cancel), 1);
  Watch watch;
  Handle<fo1_scene> scene;
  EXPECT_TRUE(refused(make_scene(scene, watch, cancel), FO1_CANCELLED, "decode"));
  fo1_load_options options = load_options();
  options.cancel = cancel;
  fo1_model* none = nullptr;
  EXPECT_TRUE(
      refused(fo1_model_load(&none, model_folder().c_str(), &options), FO1_CANCELLED, "load"));
}

TEST(Deadlines, AreKept) {
  fo1_scene_options options = scene_options();
  options.deadline_seconds = 1e-9;
  fo1_scene* none = nullptr;
  EXPECT_TRUE(refused(fo1_scene_create(&none, tiny_model(), shapes(), nullptr, &options),
                      FO1_DEADLINE, "deadline"));
  options.deadline_seconds = -1;
  EXPECT_TRUE(refused(fo1_scene_create(&none, tiny_model(), shapes(), nullptr, &options),
                      FO1_INVALID_ARGUMENT, "deadline: expected seconds >= 0, got -1"));
}

struct Words {
  std::string text;
  std::int64_t calls = 0;
  std::int64_t most = 1000;
  std::int32_t say = FO1_STOP;

  static std::int32_t on_token(void* user, const char* text, std::size_t size) {
    auto& words = *static_cast<Words*>(user);
    EXPECT_EQ(text[size], '\0');
    words.text.append(text, size);
    return ++words.calls < words.most ? FO1_CONTINUE : words.say;
  }
};

fo1_status listen(Handle<fo1_result>& result, fo1_scene* scene, Words& words) {
  fo1_ask_options options = ask_options();
  options.on_token = Words::on_token;
  options.user = &words;
  return fo1_ground(result.out(), scene, "red circle", &options);
}

TEST(Tokens, ArriveAsTheyAreSaid) {
  const Handle<fo1_scene> scene = shapes_scene();
  Words all, two, none, wrong;
  two.most = none.most = wrong.most = 2;
  none.say = FO1_CANCEL;
  wrong.say = 7;
  Handle<fo1_result> whole, part, nothing;
  ASSERT_EQ(listen(whole, scene, all), FO1_OK) << fo1_last_error();
  EXPECT_EQ(all.text, fo1_result_text(whole));
  ASSERT_EQ(listen(part, scene, two), FO1_OK) << fo1_last_error();
  EXPECT_EQ(two.text, fo1_result_text(part));
  EXPECT_EQ(two.calls, 2);
  EXPECT_TRUE(refused(listen(nothing, scene, none), FO1_CANCELLED, "callback"));
  EXPECT_TRUE(refused(listen(nothing, scene, wrong), FO1_INVALID_ARGUMENT, "on_token returned 7"));
}

TEST(Tokens, ACallbackCannotUseItsOwnScene) {
  struct Inner {
    fo1_scene* scene;
    fo1_status status;
  };
  const Handle<fo1_scene> scene = shapes_scene();
  Inner inner{scene, FO1_OK};
  fo1_ask_options options = ask_options();
  options.user = &inner;
  options.on_token = [](void* user, const char*, std::size_t) {
    auto& self = *static_cast<Inner*>(user);
    fo1_result* none = nullptr;
    self.status = fo1_ground(&none, self.scene, "it", nullptr);
    return static_cast<std::int32_t>(FO1_STOP);
  };
  Handle<fo1_result> result;
  ASSERT_EQ(fo1_ground(result.out(), scene, "it", &options), FO1_OK) << fo1_last_error();
  EXPECT_TRUE(refused(inner.status, FO1_INVALID_ARGUMENT, "in use by another call"));
}

TEST(Tokens, AnExceptionFromACallbackIsAnError) {
  const Handle<fo1_scene> scene = shapes_scene();
  fo1_ask_options options = ask_options();
  options.on_token = [](void*, const char*, std::size_t) -> std::int32_t {
    throw std::runtime_error("from the callback");
  };
  fo1_result* none = nullptr;
  EXPECT_TRUE(refused(fo1_ground(&none, scene, "it", &options), FO1_INTERNAL, "from the callback"));
}

TEST(Log, GoesToTheCallback) {
  struct Sink {
    std::string text;
    std::int32_t level = 0;
  } sink;
  const auto keep = [](void* user, std::int32_t level, const char* message) {
    static_cast<Sink*>(user)->text += message;
    static_cast<Sink*>(user)->level = level;
  };
  ASSERT_EQ(fo1_set_log(FO1_LOG_INFO, keep, &sink), FO1_OK);
  Handle<fo1_model> model;
  ASSERT_EQ(fo1_model_load(model.out(), model_folder().c_str(), nullptr), FO1_OK);
  ASSERT_EQ(fo1_set_log(FO1_LOG_OFF, nullptr, nullptr), FO1_OK);
  EXPECT_NE(sink.text.find("loaded"), std::string::npos);
  EXPECT_EQ(sink.level, FO1_LOG_INFO);
  EXPECT_TRUE(refused(fo1_set_log(9, nullptr, nullptr), FO1_INVALID_ARGUMENT, "got 9"));
}

TEST(Library, VersionsAndNames) {
  EXPECT_EQ(fo1_abi_version(), FO1_ABI_VERSION);
  EXPECT_STRNE(fo1_version(), "");
  EXPECT_STREQ(fo1_status_name(FO1_OK), "ok");
  EXPECT_STREQ(fo1_status_name(FO1_DEADLINE), "deadline");
  EXPECT_STREQ(fo1_status_name(-3), "unknown");
  EXPECT_STREQ(fo1_status_name(1000), "unknown");
}

}  // namespace
}  // namespace fo1::test
