#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "image/boxes.h"
#include "pipeline/guard.h"
#include "pipeline/scene_impl.h"

namespace fo1 {
namespace {

bool was_stopped(const Answer& answer) {
  return answer.finish == FinishReason::kCancelled || answer.finish == FinishReason::kDeadline;
}

}  // namespace

Scene::Impl::Impl(std::shared_ptr<Fo1Model> model, Image image, std::vector<Region> regions,
                  const Limits& limits)
    : model_(std::move(model)), image_(std::move(image)), reader_(*model_) {
  require_finite(boxes_of(regions));
  const at::NoGradGuard no_grad;
  const Control control(limits);
  const Run run{control, pending_};
  encoded_ = model_->encode_image(image_, run);
  ++counts_.encode_primary;
  offer(std::move(regions), run);
}

void Scene::Impl::set_regions(std::vector<Region> regions, const Limits& limits) {
  require_finite(boxes_of(regions));
  const at::NoGradGuard no_grad;
  const Control control(limits);
  offer(std::move(regions), {control, pending_});
}

void Scene::Impl::offer(std::vector<Region> regions, const Run& run) {
  const auto limit = static_cast<std::size_t>(model_->config().chat.region_limit);
  const auto count = static_cast<std::ptrdiff_t>(std::min(regions.size(), limit));
  std::vector<Region> offered(regions.begin(), regions.begin() + count);

  at::Tensor tokens;
  if (!offered.empty()) {
    if (!encoded_.has_maps) {
      model_->encode_maps(encoded_, run);
      ++counts_.encode_auxiliary;
    }
    tokens = model_->encode_regions(encoded_, boxes_of(offered), run);
    ++counts_.encode_regions;
  }
  // Nothing can fail any more: the new regions take the old ones' place.
  given = std::move(regions);
  offered_ = std::move(offered);
  region_tokens_ = std::move(tokens);
  reader_.forget();
}

Answer Scene::Impl::ask(const Question& question, const AskOptions& options) {
  const at::NoGradGuard no_grad;
  const Control control(options.limits);
  const Task& task = find_task(question.task);
  const TaskContext context{offered_, model_->config().task};
  const std::vector<SubQuestion> plan = plan_questions(task, question, context);

  Profile profile;
  const Run run{control, profile};
  Answer answer = new_answer(task.name, &image_, offered_,
                             dropped_over(given.size(), model_->config().chat.region_limit));
  answer.query = question.query;
  for (const SubQuestion& sub : plan) {
    put_question(task, sub, context, options, run, answer);
    if (was_stopped(answer)) break;  // the next one could only throw away what is there
  }

  pending_.merge(profile);
  answer.timings_ms = pending_.timings();
  pending_ = {};
  return answer;
}

void Scene::Impl::put_question(const Task& task, const SubQuestion& sub, const TaskContext& context,
                               const AskOptions& options, const Run& run, Answer& answer) {
  ChatMessage message;
  message.role = "user";
  message.parts = {{ChatPart::Kind::kImage, ""}, {ChatPart::Kind::kText, sub.text}};
  message.regions = static_cast<std::int64_t>(offered_.size());
  const Prompt prompt =
      build_prompt(model_->tokenizer(), model_->config().chat, std::span(&message, 1));
  const PromptInputs inputs{{&encoded_}, region_tokens_};
  const Said said = reply_to(*model_, reader_, prompt, inputs, options, run);
  add_reply(said, prompt, answer);
  read_reply(task, sub, said.text, context, answer);
}

StageCounts Scene::Impl::counts() const {
  StageCounts counts = counts_;
  counts.prefill_prefix = reader_.prefixes_read();
  counts.prefill_question = reader_.questions_read();
  return counts;
}

Scene::Scene(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Scene::Scene(Scene&&) noexcept = default;
Scene& Scene::operator=(Scene&&) noexcept = default;
Scene::~Scene() = default;

Answer Scene::ask(const Question& question, const AskOptions& options) {
  return guarded([&] { return impl_->ask(question, options); });
}

Answer Scene::detect(const std::vector<std::string>& labels, const AskOptions& options) {
  return ask({"detect", labels, {}}, options);
}
Answer Scene::ground(const std::string& phrase, const AskOptions& options) {
  return ask({"ground", {phrase}, {}}, options);
}
Answer Scene::count(const std::string& name, const AskOptions& options) {
  return ask({"count", {name}, {}}, options);
}
Answer Scene::ocr(const std::vector<std::int64_t>& regions, const AskOptions& options) {
  return ask({"ocr", {}, regions}, options);
}

void Scene::set_regions(std::vector<Region> regions, const Limits& limits) {
  guarded([&] { impl_->set_regions(std::move(regions), limits); });
}

const std::vector<Region>& Scene::regions() const {
  return impl_->given;
}
StageCounts Scene::stage_counts() const {
  return impl_->counts();
}

}  // namespace fo1
