#include "train/vlm_job.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "pipeline/conversation.h"
#include "train/lesson_sheet.h"
#include "train/lesson_views.h"
#include "weights/lora.h"

namespace fo1::train {
namespace {

struct PreparedLessons : Prepared {
  std::size_t subject = 0;
  std::vector<View> views;
  KeptPictures kept;  // these views' tokens; then there are no views
  LessonSheet sheet;
};

std::vector<Size> grids_of(const PreparedLessons& lessons, std::int64_t merge) {
  if (!lessons.kept) return grids_of(lessons.views, merge);
  std::vector<Size> grids;
  for (const EncodedView& view : *lessons.kept) grids.push_back(view.image.grid);
  return grids;
}

std::int64_t bytes_of_gib(double gib) {
  return static_cast<std::int64_t>(gib * (1 << 30));
}

// Errors of JSON name the place themselves.
std::string placed(const std::string& where, const Error& error) {
  const std::string what = error.what();
  return what.starts_with(where) ? what : cat(where, ": ", what);
}

}  // namespace

VlmJob::VlmJob(const TrainConfig& config, VlmLessons lessons)
    : ModelJob(config), seed_(config.seed), kept_(bytes_of_gib(config.keep_encoded)) {
  if (lessons == VlmLessons::kNewTokensOnly) teach_new_tokens_only();
  if (config.lora) add_lora(config);
  read_data(config, lessons);
}

void VlmJob::add_lora(const TrainConfig& config) {
  for (const ModelBuilder::Part& part : parts()) {
    if (part.module != model().decoder().model.ptr()) continue;
    lora_ = std::make_shared<LoraLayers>(*part.module, part.prefix, *config.lora);
  }
  add(lora_);
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
  const VlmConfig& config = model().config();
  std::vector<std::int64_t> ids;
  const auto add = [&](const std::string& token) {
    if (const auto id = model().tokenizer().id_of(token)) ids.push_back(*id);
  };
  const AnswerGrammar& grammar = config.task.grammar;
  for (std::int64_t r = 0; r < config.chat.region_limit; ++r) add(grammar.region_name(r));
  for (const std::string& tag :
       {grammar.ground_open, grammar.ground_close, grammar.objects_open, grammar.objects_close}) {
    add(tag);
  }
  at::Tensor is_new =
      at::zeros({config.language.vocabulary, 1}, at::TensorOptions().device(device()));
  is_new.index_fill_(0, at::tensor(ids, at::kLong).to(device()), 1);
  Decoder& decoder = model().decoder();
  std::vector<at::Tensor> tables = {decoder.model->embed_tokens->weight};
  if (!decoder.head.is_same(tables.front())) tables.push_back(decoder.head);
  for (at::Tensor& table : tables) {
    table.requires_grad_().register_hook(
        [is_new](const at::Tensor& gradient) { return gradient * is_new; });
  }
}

std::unique_ptr<Prepared> VlmJob::prepare(std::int64_t index, std::int64_t) const {
  const Group& group = groups_[static_cast<std::size_t>(index)];
  const VlmConfig& config = model().config();
  ImageLoader images(group.front().root);
  auto prepared = std::make_unique<PreparedLessons>();
  prepared->subject = group.front().subject;
  prepared->kept = kept_.find(prepared->subject);
  std::vector<Lesson> lessons;
  for (const DialogueSample& sample : group) {
    try {
      const std::vector<Message> messages = sample.messages(images);
      Lesson lesson = make_lesson(model().tokenizer(), config.chat, config.task.grammar,
                                  chat_messages(messages));
      if (lessons.empty() && !prepared->kept) {
        prepared->views = views_of(messages, lesson.regions, config.image);
        if (!device().is_cpu()) pin(prepared->views);
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
    prepared->sheet = share_beginning(lessons, grids_of(*prepared, model().merge()));
  } catch (const Error& error) {
    fail(error.code(), placed(group.front().where, error));
  }
  return prepared;
}

std::int64_t VlmJob::shape(std::int64_t index) const {
  const std::string& picture = groups_[static_cast<std::size_t>(index)].front().picture;
  return picture.empty() ? 0 : shape_of(picture);
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
  const std::vector<EncodedView> encoded = encode_views(model(), views, run);
  std::vector<at::Tensor> rows;
  std::vector<const LessonSheet*> sheets;
  std::span<const EncodedView> next = encoded;
  for (const PreparedLessons* each : lessons) {
    std::span<const EncodedView> own = next.first(each->views.size());
    next = next.subspan(own.size());
    if (each->kept) {
      own = *each->kept;
    } else {
      kept_.keep(each->subject, own);
    }
    std::vector<const EncodedImage*> shown;
    std::vector<at::Tensor> regions;
    for (const EncodedView& view : own) {
      shown.push_back(&view.image);
      if (view.regions.defined()) regions.push_back(view.regions);
    }
    const at::Tensor tokens = regions.empty() ? at::Tensor() : at::cat(regions);
    rows.push_back(model().embed(each->sheet.ids, shown, tokens).rows);
    sheets.push_back(&each->sheet);
  }
  const SheetBatch batch = batch_of(sheets, device());
  Decoder& decoder = model().decoder();
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

std::string VlmJob::name_beside(const std::string& parameter) const {
  return lora_->adapter_name(parameter);
}

void VlmJob::write(const std::string& folder, const NamedTensors& tensors) const {
  if (!lora_) return ModelJob::write(folder, tensors);
  NamedTensors changes;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(kLoraPrefix)) changes.emplace_back(name, tensor);
  }
  lora_->write(folder, changes);
}

void VlmJob::improve_random_weights() {
  ModelJob::improve_random_weights();
  if (lora_) lora_->begin(seed_);
}

void VlmJob::begin_anew(const ModelBuilder::Part& part, const Checkpoint& checkpoint) const {
  if (lora_) {
    fail(ErrorCode::kInvalidArgument, "lora: the ", part.name, " would be begun anew, but an ",
         "adapter holds changes of the language model alone");
  }
  ModelJob::begin_anew(part, checkpoint);
}

}  // namespace fo1::train
