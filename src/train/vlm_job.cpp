#include "train/vlm_job.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "image/boxes.h"
#include "image/prepare.h"
#include "image/size_rules.h"
#include "pipeline/conversation.h"
#include "train/lesson_sheet.h"
#include "train/model_folder.h"
#include "train/picture_size.h"
#include "weights/lora.h"

namespace fo1::train {
namespace {

// A picture of the lessons, with the regions in it.
struct View {
  PreparedImage image;
  std::vector<Box> boxes;
};

struct PreparedLessons : Prepared {
  std::vector<View> views;
  LessonSheet sheet;
};

// `regions`: how many of each message's regions the prompt has room for.
std::vector<View> views_of(const std::vector<Message>& messages,
                           const std::vector<std::int64_t>& regions, const ImageConfig& config) {
  using Parts = std::vector<std::variant<TextPart, ImagePart>>;
  std::vector<View> views;
  for (std::size_t m = 0; m < regions.size(); ++m) {
    const std::size_t first = views.size();
    if (const auto* parts = std::get_if<Parts>(&messages[m].content)) {
      for (const auto& part : *parts) {
        const auto* shown = std::get_if<ImagePart>(&part);
        if (shown) views.push_back({prepare_image(shown->image, config), {}});
      }
    }
    if (regions[m] == 0) continue;
    std::vector<Box> boxes = boxes_of(messages[m].regions);
    require_finite(boxes);
    boxes.resize(static_cast<std::size_t>(regions[m]));
    views.at(first).boxes = std::move(boxes);
  }
  return views;
}

std::vector<Size> grids_of(const std::vector<View>& views, std::int64_t merge) {
  std::vector<Size> grids;
  for (const View& view : views) {
    const PrimaryPixels& pixels = view.image.primary;
    grids.push_back({pixels.grid_w / merge, pixels.grid_h / merge});
  }
  return grids;
}

// Where the auxiliary encoder's pictures keep their shapes, those of one primary size may differ.
void encode_maps(Fo1Model& model, const std::vector<EncodedImage*>& images, const Run& run) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<EncodedImage*>> of_size;
  for (EncodedImage* image : images) {
    const Size size = image->prepared.auxiliary_size();
    of_size[{size.width, size.height}].push_back(image);
  }
  for (const auto& [size, same] : of_size) model.encode_maps(same, run);
}

// Views of one size go through the encoders together. -> the images in the order of all views.
std::deque<EncodedImage> encode_views(Fo1Model& model,
                                      const std::vector<const PreparedLessons*>& lessons,
                                      const Run& run) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::size_t>> of_size;
  std::vector<const View*> views;
  for (const PreparedLessons* each : lessons) {
    for (const View& view : each->views) {
      const Size size = view.image.primary.size();
      of_size[{size.width, size.height}].push_back(views.size());
      views.push_back(&view);
    }
  }
  std::deque<EncodedImage> images(views.size());
  for (const auto& [size, places] : of_size) {
    std::vector<PreparedImage> same;
    for (const std::size_t place : places) same.push_back(views[place]->image);
    std::vector<EncodedImage> encoded = model.encode_images(std::move(same), run);
    std::vector<EncodedImage*> with_regions;
    for (std::size_t i = 0; i < places.size(); ++i) {
      images[places[i]] = std::move(encoded[i]);
      if (!views[places[i]]->boxes.empty()) with_regions.push_back(&images[places[i]]);
    }
    encode_maps(model, with_regions, run);
  }
  return images;
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
  if (config.lora) add_lora(config);
  read_data(config, lessons);
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
      if (lessons.empty()) prepared->views = views_of(messages, lesson.regions, config.image);
      lessons.push_back(std::move(lesson));
    } catch (const Error& error) {
      if (&sample == &group.back() && lessons.empty()) throw;
      log(LogLevel::kWarning, sample.where, ": ", error.what(), "; left out");
    }
  }
  prepared->sheet = share_beginning(lessons, grids_of(prepared->views, model_->merge()));
  return prepared;
}

std::int64_t VlmJob::shape(std::int64_t index) const {
  const std::string picture = groups_[static_cast<std::size_t>(index)].front().first_picture();
  if (picture.empty()) return 0;
  const PrimaryPixelsConfig& config = model_->config().image.primary;
  const Size size =
      smart_resize(limit_long_side(enlarge_small_sides(picture_size(picture))),
                   {config.patch_size * config.merge_size, config.min_pixels, config.max_pixels});
  return size.width << 32 | size.height;
}

Losses VlmJob::loss(std::span<const std::unique_ptr<Prepared>> samples) {
  std::vector<const PreparedLessons*> lessons;
  for (const auto& sample : samples) {
    lessons.push_back(static_cast<const PreparedLessons*>(sample.get()));
  }
  Profile profile;
  const Run run{Control::unlimited(), profile};
  const std::deque<EncodedImage> images = encode_views(*model_, lessons, run);
  std::vector<at::Tensor> rows;
  std::vector<const LessonSheet*> sheets;
  std::size_t next = 0;
  for (const PreparedLessons* each : lessons) {
    std::vector<const EncodedImage*> shown;
    std::vector<at::Tensor> regions;
    for (const View& view : each->views) {
      const EncodedImage& image = images[next++];
      shown.push_back(&image);
      if (!view.boxes.empty()) regions.push_back(model_->encode_regions(image, view.boxes, run));
    }
    const at::Tensor tokens = regions.empty() ? at::Tensor() : at::cat(regions);
    rows.push_back(model_->embed(each->sheet.ids, shown, tokens).rows);
    sheets.push_back(&each->sheet);
  }
  const SheetBatch batch = batch_of(sheets, device_);
  Decoder& decoder = model_->decoder();
  const at::Tensor hidden =
      decoder.model->forward(at::pad_sequence(rows, /*batch_first=*/true), batch.positions, nullptr,
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
  if (lora_) lora_->begin(seed_);
}

bool VlmJob::is_fresh(const std::string& prefix, const Checkpoint& checkpoint) const {
  const auto wanted = [&](const std::string& pattern) { return name_matches(pattern, prefix); };
  if (std::ranges::any_of(fresh_, wanted)) return true;
  const std::vector<std::string> names = checkpoint.names();
  return std::ranges::none_of(names,
                              [&](const std::string& name) { return name.starts_with(prefix); });
}

void VlmJob::load(const Checkpoint& checkpoint) {
  const CheckpointLayout& layout = find_layout(checkpoint);
  StateReader reader(checkpoint);
  for (const std::string& pattern : ignored_) reader.ignore(pattern);
  for (const std::string& pattern : fresh_) reader.ignore(pattern);
  for (const ModelBuilder::Part& part : parts_) {
    const std::string prefix = ModelBuilder::prefix_in(layout, part);
    if (part.module->parameters().empty()) continue;
    if (is_fresh(prefix, checkpoint)) {
      log(LogLevel::kInfo, checkpoint.folder(), ": the ", part.name, " is begun anew");
    } else {
      reader.load(*part.module, prefix);
    }
  }
  reader.require_all_taken();
}

}  // namespace fo1::train
