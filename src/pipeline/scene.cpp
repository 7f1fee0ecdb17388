#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "image/boxes.h"
#include "pipeline/guard.h"
#include "pipeline/passes.h"
#include "pipeline/scene_impl.h"

namespace fo1 {
namespace {

// Whether what is there may be returned instead of the error: `answer` then says why it ends.
bool ends_with(const Error& error, Answer& answer) {
  if (answer.prompt.empty() || dynamic_cast<const Abandoned*>(&error)) return false;
  if (error.code() == ErrorCode::kDeadline) answer.finish = FinishReason::kDeadline;
  if (error.code() == ErrorCode::kCancelled) answer.finish = FinishReason::kCancelled;
  return error.code() == ErrorCode::kDeadline || error.code() == ErrorCode::kCancelled;
}

bool was_stopped(const Answer& answer) {
  return answer.finish == FinishReason::kCancelled || answer.finish == FinishReason::kDeadline;
}

void add_reads(const RegionPass& pass, StageCounts& counts) {
  counts.prefill_prefix += pass.reader.prefixes_read();
  counts.prefill_question += pass.reader.questions_read();
}

}  // namespace

Scene::Impl::Impl(std::shared_ptr<Fo1Model> model, Image image, Proposals proposals,
                  const Limits& limits)
    : model_(std::move(model)), image_(std::move(image)) {
  require_finite(boxes_of(proposals.regions));
  const at::NoGradGuard no_grad;
  const Control control(limits);
  const Run run{control, pending_};
  encoded_ = model_->encode_image(image_, run);
  ++counts_.encode_primary;
  offer(std::move(proposals), run);
}

void Scene::Impl::set_regions(Proposals proposals, const Limits& limits) {
  require_finite(boxes_of(proposals.regions));
  const at::NoGradGuard no_grad;
  const Control control(limits);
  offer(std::move(proposals), {control, pending_});
}

std::size_t Scene::Impl::limit() const {
  return static_cast<std::size_t>(model_->config().chat.region_limit);
}

void Scene::Impl::offer(Proposals proposals, const Run& run) {
  RegionPass pass = encode_pass(proposals.regions, 0, run);
  // Nothing can fail any more: the new regions take the old ones' place.
  for (const RegionPass& old : passes_) add_reads(old, counts_);  // they are counted for good
  passes_.clear();
  passes_.push_back(std::move(pass));
  proposals_ = std::move(proposals);
  for (const auto& [stage, milliseconds] : proposals_.timings_ms) pending_.add(stage, milliseconds);
}

RegionPass Scene::Impl::encode_pass(const std::vector<Region>& regions, std::size_t first,
                                    const Run& run) {
  RegionPass pass(*model_);
  pass.first = static_cast<std::int64_t>(first);
  const auto begin = regions.begin() + static_cast<std::ptrdiff_t>(first);
  const auto count = static_cast<std::ptrdiff_t>(std::min(regions.size() - first, limit()));
  pass.offered.assign(begin, begin + count);
  if (pass.offered.empty()) return pass;
  if (!encoded_.has_maps) {
    model_->encode_maps(encoded_, run);
    ++counts_.encode_auxiliary;
  }
  pass.tokens = model_->encode_regions(encoded_, boxes_of(pass.offered), run);
  ++counts_.encode_regions;
  return pass;
}

// The passes after the first.
void Scene::Impl::encode_all(const Run& run) {
  while (passes_.size() * limit() < given().size()) {
    passes_.push_back(encode_pass(given(), passes_.size() * limit(), run));
  }
}

// A proposer looked, and there was nothing to see.
bool Scene::Impl::found_nothing() const {
  return given().empty() && !proposals_.source.empty() && proposals_.source != "given";
}

Answer Scene::Impl::ask(const Question& question, const AskOptions& options) {
  const at::NoGradGuard no_grad;
  const Control control(options.limits);
  const Task& task = find_task(question.task);
  Profile profile;
  Answer answer = ask_all(task, question, options, {control, profile});
  pending_.merge(profile);
  answer.timings_ms = pending_.timings();
  pending_ = {};
  return answer;
}

Answer Scene::Impl::ask_all(const Task& task, const Question& question, const AskOptions& options,
                            const Run& run) {
  const bool by_passes = options.all_regions && given().size() > limit();
  const std::size_t offered = by_passes ? given().size() : passes_.front().offered.size();
  Answer answer = new_answer(task.name, &image_, offered,
                             given().empty() && !found_nothing() ? "" : proposals_.source,
                             dropped_over(given().size(), static_cast<std::int64_t>(offered)));
  answer.query = question.query;
  if (task.needs_regions && found_nothing()) {
    check_unmet_question(task, question);
    if (task.name == std::string("count")) answer.count = 0;
    return answer;
  }
  if (!by_passes) {
    add_pass(ask_pass(task, question, passes_.front(), options, run), 0, answer);
    return answer;
  }
  if (!task.by_passes) {
    fail(ErrorCode::kInvalidArgument, task.name, ": cannot be asked about all of ", given().size(),
         " regions, since answers about ", limit(), " each cannot be put together");
  }
  check_question(task, question, given().size());
  encode_all(run);
  for (RegionPass& pass : passes_) {
    const auto count = static_cast<std::int64_t>(pass.offered.size());
    const std::optional<Question> part = question_for(question, pass.first, count);
    if (!part) continue;
    try {
      add_pass(ask_pass(task, *part, pass, options, run), pass.first, answer);
    } catch (const Error& error) {
      if (!ends_with(error, answer)) throw;
    }
    if (was_stopped(answer)) break;
  }
  return answer;
}

Answer Scene::Impl::ask_pass(const Task& task, const Question& question, RegionPass& pass,
                             const AskOptions& options, const Run& run) {
  Answer answer;
  const TaskContext context{pass.offered, model_->config().task};
  for (const SubQuestion& sub : plan_questions(task, question, context)) {
    try {
      put_question(task, sub, pass, options, run, answer);
    } catch (const Error& error) {
      if (!ends_with(error, answer)) throw;
    }
    if (was_stopped(answer)) break;  // the next one could only throw away what is there
  }
  return answer;
}

void Scene::Impl::put_question(const Task& task, const SubQuestion& sub, RegionPass& pass,
                               const AskOptions& options, const Run& run, Answer& answer) {
  ChatMessage message;
  message.role = "user";
  message.parts = {{ChatPart::Kind::kImage, ""}, {ChatPart::Kind::kText, sub.text}};
  message.regions = static_cast<std::int64_t>(pass.offered.size());
  const Prompt prompt =
      build_prompt(model_->tokenizer(), model_->config().chat, std::span(&message, 1));
  const PromptInputs inputs{{&encoded_}, pass.tokens};
  const Said said = reply_to(*model_, pass.reader, prompt, inputs, options, run);
  add_reply(said, prompt, answer);
  read_reply(task, sub, said.text, {pass.offered, model_->config().task}, answer);
}

StageCounts Scene::Impl::counts() const {
  StageCounts counts = counts_;
  for (const RegionPass& pass : passes_) add_reads(pass, counts);
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

void Scene::set_regions(Proposals proposals, const Limits& limits) {
  guarded([&] { impl_->set_regions(std::move(proposals), limits); });
}

const std::vector<Region>& Scene::regions() const {
  return impl_->given();
}
const Proposals& Scene::proposals() const {
  return impl_->proposals();
}
StageCounts Scene::stage_counts() const {
  return impl_->counts();
}

}  // namespace fo1
