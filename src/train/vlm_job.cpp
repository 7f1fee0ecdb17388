#include "train/vlm_job.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "image/size_rules.h"
#include "pipeline/conversation.h"
#include "train/lesson_sheet.h"
#include "train/lesson_views.h"
#include "train/model_folder.h"
#include "train/picture_size.h"
#include "weights/lora.h"

namespace fo1::train {
namespace {

struct PreparedLessons : Prepared {
  std::vector<View> views;
  LessonSheet sheet;
};

// Errors of JSON name the place themselves.
std::string placed(const std::string& where, const Error& error) {
  const std::string what = error.what();
  return what.starts_with(where) ? what : cat(where, ": ", what);
}

// What the last layer before the language model begins with, so that images' and regions' tokens
// are about as long as words'. Much longer ones drown what its layers write beside them, such as
// which region's name stands before a region.
constexpr double kWordShare = 0.05;

// Of DaViT's residual branches.
bool ends_a_branch(const std::string& name) {
  constexpr const char* kEnds[] = {".fn.dw.weight", ".fn.proj.weight", ".fn.net.fc2.weight"};
  return std::ranges::any_of(kEnds, [&](const char* end) { return name.ends_with(end); });
}

// To DaViT's own size at first. At that of random_weights() the depthwise convolutions alone double
// the stream again and again, and what regions differ in is lost beside what they share.
void shrink(const at::Tensor& weight) {
  constexpr double kSize = 0.02;
  const std::int64_t inputs = weight.numel() / weight.size(0);
  weight.mul_(kSize * std::sqrt(static_cast<double>(inputs)));
}

}  // namespace

VlmJob::VlmJob(const TrainConfig& config, VlmLessons lessons)
    : VlmJob(ModelBuilder(load_vlm_config(config.model), {config.device, at::kFloat}), config,
             lessons) {}

VlmJob::VlmJob(ModelBuilder builder, const TrainConfig& config, VlmLessons lessons)
    : description_(config.model),
      device_(config.device),
      parts_(builder.parts()),
      fresh_(config.fresh),
      ignored_(builder.ignored()),
      model_(builder.take()),
      seed_(config.seed),
      module_(std::make_shared<torch::nn::Module>("vlm")) {
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    module_->register_module(std::to_string(p), parts_[p].module);
  }
  if (lessons == VlmLessons::kNewTokensOnly) teach_new_tokens_only();
  check_fresh(config);
  if (config.lora) add_lora(config);
  read_data(config, lessons);
}

void VlmJob::check_fresh(const TrainConfig& config) const {
  if (!fresh_.empty() && config.weights.empty()) {
    fail(ErrorCode::kInvalidArgument, "fresh: there are no weights, so all parts are begun anew");
  }
  for (const std::string& pattern : fresh_) {
    const auto fits = [&](const auto& part) { return name_matches(pattern, part.prefix); };
    if (std::ranges::any_of(parts_, fits)) continue;
    std::string known;
    for (const auto& part : parts_) known += cat(known.empty() ? "" : ", ", part.prefix, "*");
    fail(ErrorCode::kInvalidArgument, "fresh: ", quoted(pattern), " names no part; parts: ", known);
  }
}

void VlmJob::add_lora(const TrainConfig& config) {
  for (const ModelBuilder::Part& part : parts_) {
    if (part.module != model_->decoder().model.ptr()) continue;
    lora_ = std::make_shared<LoraLayers>(*part.module, part.prefix, *config.lora);
  }
  module_->register_module(std::to_string(parts_.size()), lora_);
}

void VlmJob::read_data(const TrainConfig& config, VlmLessons lessons) {
  std::unordered_map<std::size_t, std::size_t> open;  // subject -> its group with room
  for (const std::string& path : config.data) {
    for (DialogueSample& sample : read_dialogues(path)) {
      if (lessons == VlmLessons::kWithoutRegions && sample.has_regions) continue;
      const auto found = open.find(sample.subject);
      const bool is_new =
          found == open.end() ||
          static_cast<std::int64_t>(groups_[found->second].size()) >= config.lessons;
      if (is_new) {
        open[sample.subject] = groups_.size();
        groups_.emplace_back();
      }
      groups_[open[sample.subject]].push_back(std::move(sample));
    }
  }
  if (groups_.empty()) {
    fail(ErrorCode::kInvalidArgument, config.data.front(), ": no conversation to learn from");
  }
}

// Hooks take the other rows' gradients away; tables have no weight decay.
void VlmJob::teach_new_tokens_only() {
  const VlmConfig& config = model_->config();
  std::vector<std::int64_t> ids;
  const auto add = [&](const std::string& token) {
    if (const auto id = model_->tokenizer().id_of(token)) ids.push_back(*id);
  };
  const AnswerGrammar& grammar = config.task.grammar;
  for (std::int64_t r = 0; r < config.chat.region_limit; ++r) add(grammar.region_name(r));
  for (const std::string& tag :
       {grammar.ground_open, grammar.ground_close, grammar.objects_open, grammar.objects_close}) {
    add(tag);
  }
  at::Tensor is_new =
      at::zeros({config.language.vocabulary, 1}, at::TensorOptions().device(device_));
  is_new.index_fill_(0, at::tensor(ids, at::kLong).to(device_), 1);
  Decoder& decoder = model_->decoder();
  std::vector<at::Tensor> tables = {decoder.model->embed_tokens->weight};
  if (!decoder.head.is_same(tables.front())) tables.push_back(decoder.head);
  for (at::Tensor& table : tables) {
    table.requires_grad_().register_hook(
        [is_new](const at::Tensor& gradient) { return gradient * is_new; });
  }
}

std::unique_ptr<Prepared> VlmJob::prepare(std::int64_t index, std::int64_t) const {
  const Group& group = groups_[static_cast<std::size_t>(index)];
  const VlmConfig& config = model_->config();
  ImageLoader images(group.front().root);
  auto prepared = std::make_unique<PreparedLessons>();
  std::vector<Lesson> lessons;
  for (const DialogueSample& sample : group) {
    try {
      const std::vector<Message> messages = sample.messages(images);
      Lesson lesson = make_lesson(model_->tokenizer(), config.chat, config.task.grammar,
                                  chat_messages(messages));
      if (lessons.empty()) {
        prepared->views = views_of(messages, lesson.regions, config.image);
        if (!device_.is_cpu()) pin(prepared->views);
      }
      lessons.push_back(std::move(lesson));
    } catch (const Error& error) {
      if (!is_fault_of_sample(error.code())) throw;
      if (&sample == &group.back() && lessons.empty()) {
        fail(error.code(), placed(sample.where, error));
      }
      log(LogLevel::kWarning, placed(sample.where, error), "; left out");
    }
  }
  try {
    prepared->sheet = share_beginning(lessons, grids_of(prepared->views, model_->merge()));
  } catch (const Error& error) {
    fail(error.code(), placed(group.front().where, error));
  }
  return prepared;
}

std::int64_t VlmJob::shape(std::int64_t index) const {
  const std::string& picture = groups_[static_cast<std::size_t>(index)].front().picture;
  if (picture.empty()) return 0;
  const PrimaryPixelsConfig& config = model_->config().image.primary;
  const Size size =
      smart_resize(limit_long_side(enlarge_small_sides(picture_size(picture))),
                   {config.patch_size * config.merge_size, config.min_pixels, config.max_pixels});
  return size.width << 32 | size.height;
}

Losses VlmJob::loss(std::span<const std::unique_ptr<Prepared>> samples) {
  std::vector<const PreparedLessons*> lessons;
  std::vector<const View*> views;
  for (const auto& sample : samples) {
    lessons.push_back(static_cast<const PreparedLessons*>(sample.get()));
    for (const View& view : lessons.back()->views) views.push_back(&view);
  }
  Profile profile;
  const Run run{Control::unlimited(), profile};
  const std::vector<EncodedView> encoded = encode_views(*model_, views, run);
  std::vector<at::Tensor> rows;
  std::vector<const LessonSheet*> sheets;
  auto next = encoded.begin();
  for (const PreparedLessons* each : lessons) {
    std::vector<const EncodedImage*> shown;
    std::vector<at::Tensor> regions;
    for (std::size_t v = 0; v < each->views.size(); ++v, ++next) {
      shown.push_back(&next->image);
      if (next->regions.defined()) regions.push_back(next->regions);
    }
    const at::Tensor tokens = regions.empty() ? at::Tensor() : at::cat(regions);
    rows.push_back(model_->embed(each->sheet.ids, shown, tokens).rows);
    sheets.push_back(&each->sheet);
  }
  const SheetBatch batch = batch_of(sheets, device_);
  Decoder& decoder = model_->decoder();
  for (at::Tensor& own : rows) {
    own = at::constant_pad_nd(own, {0, 0, 0, batch.look.size(-1) - own.size(0)});
  }
  const at::Tensor hidden = decoder.model->forward(at::stack(rows), batch.positions, nullptr,
                                                   Control::unlimited(), batch.look);
  const at::Tensor logits = logits_of(decoder, hidden.flatten(0, 1).index_select(0, batch.rows));
  const at::Tensor each =
      at::cross_entropy_loss(logits.to(at::kFloat), batch.targets, {}, at::Reduction::None);
  const at::Tensor right = logits.detach().argmax(-1).eq(batch.targets).to(at::kFloat);
  return {each.mul(batch.weights).sum(), {{"right", right.mul(batch.weights).sum()}}};
}

std::string VlmJob::checkpoint_name(const std::string& parameter) const {
  const std::size_t part = std::stoul(parameter);
  const std::string name = parameter.substr(parameter.find('.') + 1);
  return part == parts_.size() ? lora_->adapter_name(name) : parts_[part].prefix + name;
}

void VlmJob::write(const std::string& folder, const NamedTensors& tensors) const {
  if (!lora_) return write_model_folder(folder, description_, tensors);
  NamedTensors changes;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(kLoraPrefix)) changes.emplace_back(name, tensor);
  }
  lora_->write(folder, changes);
}

// Each layer adds a little to the stream at first, however many there are (GPT-2's rule).
void VlmJob::improve_random_weights() {
  const at::NoGradGuard no_grad;
  const double share = 1 / std::sqrt(2.0 * static_cast<double>(model_->layers()));
  for (QwenLayer& layer : model_->decoder().model->layers) {
    layer->attention->o_proj->weight.mul_(share);
    layer->mlp->down->weight.mul_(share);
  }
  for (const ModelBuilder::Part& part : parts_) {
    for (const auto& item : part.module->named_parameters()) {
      if (ends_a_branch(item.key())) shrink(item.value());
      if (item.key().ends_with("merger.mlp.2.weight")) item.value().mul_(kWordShare);
    }
    const auto* projector = part.module->as<ProjectorImpl>();
    if (projector && !projector->layers.empty()) {
      projector->layers.back()->weight.mul_(kWordShare);
    }
  }
  if (lora_) lora_->begin(seed_);
}

bool VlmJob::is_fresh(const ModelBuilder::Part& part, const std::string& prefix,
                      const Checkpoint& checkpoint) const {
  const auto wanted = [&](const auto& pattern) { return name_matches(pattern, part.prefix); };
  if (std::ranges::any_of(fresh_, wanted)) return true;
  const std::vector<std::string> names = checkpoint.names();
  return std::ranges::none_of(names,
                              [&](const std::string& name) { return name.starts_with(prefix); });
}

// Without a word about it, a model whose checkpoint has a head uses it; a new one has none.
void VlmJob::require_same_head(const CheckpointLayout& layout, const Checkpoint& checkpoint) const {
  const VlmConfig& config = model_->config();
  if (config.language.tied_head || !checkpoint.has(std::string(layout.head) + "weight")) return;
  config.view().expected("\"tie_word_embeddings\", because the weights have a head of their own");
}

void VlmJob::load(const Checkpoint& checkpoint) {
  const CheckpointLayout& layout = find_layout(checkpoint);
  require_same_head(layout, checkpoint);
  StateReader reader(checkpoint);
  for (const std::string& pattern : ignored_) reader.ignore(pattern);
  for (const std::string& pattern : fresh_) reader.ignore(pattern);
  for (const ModelBuilder::Part& part : parts_) {
    const std::string prefix = ModelBuilder::prefix_in(layout, part);
    if (part.module->parameters().empty()) continue;
    if (is_fresh(part, prefix, checkpoint)) {
      if (lora_) {
        fail(ErrorCode::kInvalidArgument, "lora: the ", part.name, " would be begun anew, but an ",
             "adapter holds changes of the language model alone");
      }
      log(LogLevel::kInfo, checkpoint.folder(), ": the ", part.name, " is begun anew");
    } else {
      reader.load(*part.module, prefix);
    }
  }
  reader.require_all_taken();
}

}  // namespace fo1::train
