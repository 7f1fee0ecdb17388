#include "train/model_job.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "image/size_rules.h"
#include "train/language_beginning.h"
#include "train/model_folder.h"
#include "train/picture_size.h"

namespace fo1::train {
namespace {

constexpr char kBeside[] = "beside.";  // what names of tensors begin with that are no model's

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

ModelJob::ModelJob(const TrainConfig& config)
    : ModelJob(ModelBuilder(load_vlm_config(config.model), {config.device, at::kFloat}), config) {}

ModelJob::ModelJob(ModelBuilder builder, const TrainConfig& config)
    : description_(config.model),
      device_(config.device),
      parts_(builder.parts()),
      fresh_(config.fresh),
      ignored_(builder.ignored()),
      model_(builder.take()),
      module_(std::make_shared<torch::nn::Module>("vlm")) {
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    module_->register_module(std::to_string(p), parts_[p].module);
  }
  check_fresh(config);
}

void ModelJob::check_fresh(const TrainConfig& config) const {
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

void ModelJob::add(std::shared_ptr<torch::nn::Module> beside) {
  const std::string number = std::to_string(parts_.size());
  module_->register_module(number, std::move(beside));
}

std::int64_t ModelJob::shape_of(const std::string& picture) const {
  const PrimaryPixelsConfig& config = model_->config().image.primary;
  const Size size =
      smart_resize(limit_long_side(enlarge_small_sides(picture_size(picture))),
                   {config.patch_size * config.merge_size, config.min_pixels, config.max_pixels});
  return size.width << 32 | size.height;
}

std::string ModelJob::name_beside(const std::string& parameter) const {
  return kBeside + parameter;
}

std::string ModelJob::checkpoint_name(const std::string& parameter) const {
  const std::size_t part = std::stoul(parameter);
  const std::string name = parameter.substr(parameter.find('.') + 1);
  return part == parts_.size() ? name_beside(name) : parts_[part].prefix + name;
}

void ModelJob::write(const std::string& folder, const NamedTensors& tensors) const {
  NamedTensors of_model = tensors;
  std::erase_if(of_model, [](const auto& item) { return item.first.starts_with(kBeside); });
  write_model_folder(folder, description_, of_model);
}

void ModelJob::improve_random_weights() {
  const at::NoGradGuard no_grad;
  begin_language_model(model_->decoder(), model_->tokenizer());
  for (const ModelBuilder::Part& part : parts_) {
    for (const auto& item : part.module->named_parameters()) {
      if (ends_a_branch(item.key())) shrink(item.value());
    }
  }
}

bool ModelJob::is_fresh(const ModelBuilder::Part& part, const std::string& prefix,
                        const Checkpoint& checkpoint) const {
  const auto wanted = [&](const auto& pattern) { return name_matches(pattern, part.prefix); };
  if (std::ranges::any_of(fresh_, wanted)) return true;
  // Prefixes are no sign: the language model's is the beginning of the others'.
  const auto is_there = [&](const auto& item) { return checkpoint.has(prefix + item.key()); };
  return std::ranges::none_of(part.module->named_parameters(), is_there);
}

// Without a word about it, a model whose checkpoint has a head uses it; a new one has none.
void ModelJob::require_same_head(const CheckpointLayout& layout,
                                 const Checkpoint& checkpoint) const {
  const VlmConfig& config = model_->config();
  if (config.language.tied_head || !checkpoint.has(std::string(layout.head) + "weight")) return;
  config.view().expected("\"tie_word_embeddings\", because the weights have a head of their own");
}

void ModelJob::begin_anew(const ModelBuilder::Part& part, const Checkpoint& checkpoint) const {
  log(LogLevel::kInfo, checkpoint.folder(), ": the ", part.name, " is begun anew");
}

void ModelJob::load(const Checkpoint& checkpoint) {
  const CheckpointLayout& layout = find_layout(checkpoint);
  require_same_head(layout, checkpoint);
  StateReader reader(checkpoint);
  for (const std::string& pattern : ignored_) reader.ignore(pattern);
  for (const std::string& pattern : fresh_) reader.ignore(pattern);
  for (const ModelBuilder::Part& part : parts_) {
    const std::string prefix = ModelBuilder::prefix_in(layout, part);
    if (part.module->parameters().empty()) continue;
    if (is_fresh(part, prefix, checkpoint)) {
      begin_anew(part, checkpoint);
    } else {
      reader.load(*part.module, prefix);
    }
  }
  reader.require_all_taken();
}

}  // namespace fo1::train
