#include "fo1/model.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "base/error.h"
#include "pipeline/conversation.h"
#include "pipeline/guard.h"
#include "pipeline/model_impl.h"
#include "pipeline/proposer_impl.h"
#include "pipeline/scene_impl.h"
#include "task/task.h"
#include "vlm/inspect.h"
#include "vlm/own_proposals.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

const Image* first_image(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    const auto* parts =
        std::get_if<std::vector<std::variant<TextPart, ImagePart>>>(&message.content);
    if (!parts) continue;
    for (const auto& part : *parts) {
      if (const auto* image = std::get_if<ImagePart>(&part)) return &image->image;
    }
  }
  return nullptr;
}

Answer run_chat(Fo1Model& model, const std::vector<Message>& messages, const AskOptions& options,
                Trace* trace) {
  const at::NoGradGuard no_grad;
  const Control control(options.limits);
  Profile profile;
  const Run run{control, profile, trace};
  // The prompt comes first: an impossible conversation fails before any work is done.
  const Prompt prompt =
      build_prompt(model.tokenizer(), model.config().chat, chat_messages(messages));
  const EncodedConversation conversation = encode_conversation(model, messages, run);
  if (trace) trace->put("input_ids", at::tensor(prompt.ids, at::kLong));

  PromptReader reader(model);
  const Said said = reply_to(model, reader, prompt, conversation.inputs(), options, run);
  Answer answer = new_answer("chat", first_image(messages), conversation.regions.size(),
                             conversation.regions.empty() ? "" : "given", conversation.dropped);
  add_reply(said, prompt, answer);
  read_reply(conversation_task(), {}, said.text, {conversation.regions, model.config().task},
             answer);
  answer.timings_ms = profile.timings();
  for (const EncodedImage& image : conversation.images) {
    const std::vector<int64_t> grid = {1, image.prepared.primary.grid_h,
                                       image.prepared.primary.grid_w};
    if (trace) trace->put("image_grid_thw", at::tensor(grid, at::kLong).unsqueeze(0));
  }
  return answer;
}

// Refuses a model that would need more than the caller has.
void require_memory(const std::string& folder, const Placement& placement, std::int64_t limit) {
  if (limit < 0) fail(ErrorCode::kInvalidArgument, "memory_limit: expected >= 0, got ", limit);
  const Inspection model = inspect_folder(folder);
  const std::int64_t needed =
      placement.dtype == at::kFloat ? model.memory_float32 : model.memory_bfloat16;
  if (needed <= limit) return;
  fail(ErrorCode::kOutOfMemory, folder, ": needs about ", needed, " bytes, the limit is ", limit);
}

}  // namespace

Placement prepare(const LoadOptions& options) {
  if (options.threads < 0) {
    fail(ErrorCode::kInvalidArgument, "threads: expected >= 0, got ", options.threads);
  }
  if (options.threads > 0) at::set_num_threads(options.threads);
  return parse_placement(options.device, options.dtype);
}

Model::Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Model Model::load(const std::string& folder, const LoadOptions& options) {
  return guarded([&] {
    const Control control(options.limits);
    const Placement placement = prepare(options);
    if (options.memory_limit != 0) require_memory(folder, placement, options.memory_limit);
    auto impl = std::make_shared<Impl>();
    impl->model = Fo1Model::load(folder, placement, control, options.lora);
    impl->placement = placement;
    impl->proposals = own_proposals(folder);
    return Model(std::move(impl));
  });
}

Scene Model::scene(const Image& image, Proposals proposals, const Limits& limits) const {
  return guarded([&] {
    return Scene(std::make_unique<Scene::Impl>(impl_->model, image, std::move(proposals), limits));
  });
}

Answer Model::chat(const std::vector<Message>& messages, const AskOptions& options) const {
  return guarded([&] { return run_chat(*impl_->model, messages, options, nullptr); });
}

Answer Model::trace(const std::vector<Message>& messages, const std::string& path,
                    const AskOptions& options) const {
  return guarded([&] {
    Trace trace;
    Answer answer = run_chat(*impl_->model, messages, options, &trace);
    write_safetensors(path, trace.tensors());
    return answer;
  });
}

const std::string& Model::folder() const {
  return impl_->model->config().folder;
}
const Proposer* Model::Impl::proposer() const {
  if (!proposals) return nullptr;
  std::call_once(loaded_, [&] { proposer_.emplace(load_proposer("", *proposals, placement)); });
  return &*proposer_;
}

const Proposer* Model::proposer() const {
  return guarded([&] { return impl_->proposer(); });
}
bool Model::has_regions() const {
  return impl_->model->config().has_regions;
}
std::int64_t Model::region_limit() const {
  return impl_->model->config().chat.region_limit;
}

}  // namespace fo1
