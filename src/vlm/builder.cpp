#include "vlm/builder.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "weights/lora.h"

namespace fo1 {

namespace {

constexpr const char* kPrimaryName = "primary encoder";
constexpr const char* kLanguageName = "language model";
constexpr const char* kHeadName = "language head";

bool has_head(const Checkpoint& checkpoint) {
  return checkpoint.has(std::string(find_layout(checkpoint).head) + "weight");
}

}  // namespace

ModelBuilder::ModelBuilder(const Checkpoint& checkpoint, VlmConfig config,
                           const Placement& placement)
    : ModelBuilder(find_layout(checkpoint), has_head(checkpoint), std::move(config), placement) {}

ModelBuilder::ModelBuilder(VlmConfig config, const Placement& placement)
    : ModelBuilder(new_layout(), /*has_head=*/false, std::move(config), placement) {}

ModelBuilder::ModelBuilder(const CheckpointLayout& layout, bool has_head, VlmConfig config,
                           const Placement& placement)
    : layout_(layout), model_(new Fo1Model) {
  model_->config_ = std::move(config);
  model_->config_.has_regions &= layout_.has_regions;
  model_->placement_ = placement;
  model_->tokenizer_ = load_tokenizer(model_->config_.folder);
  add_primary();
  add_regions();
  add_language(has_head);
  add_stop_tokens();
}

void ModelBuilder::add_primary() {
  const VlmConfig& config = model_->config_;
  model_->primary_ = make_primary_encoder(config.view(), model_->placement_);
  parts_.push_back({kPrimaryName, model_->primary_, layout_.primary});
  const std::string kind = layout_.has_regions ? config.projector.image : "identity";
  model_->image_projector_ = Projector(kind, model_->primary_->token_dim(), config.language.dim,
                                       model_->placement_.options());
  parts_.push_back({"image projector", model_->image_projector_.ptr(), kImageProjectorPrefix});
}

void ModelBuilder::add_regions() {
  VlmConfig& config = model_->config_;
  if (!config.has_regions) return;
  const Placement& placement = model_->placement_;
  model_->auxiliary_ = make_auxiliary_encoder(config.view(), placement);
  parts_.push_back({"auxiliary encoder", model_->auxiliary_, kAuxiliaryPrefix});

  config.region.auxiliary_dims = model_->auxiliary_->level_dims();
  config.region.primary_dim = model_->primary_->level_dims().front();
  config.region.primary_levels = static_cast<int64_t>(model_->primary_->level_dims().size());
  config.region.validate();
  model_->region_encoder_ = RegionEncoder(config.region, placement.device);
  parts_.push_back({"region encoder", model_->region_encoder_.ptr(), kRegionPrefix});

  model_->region_projector_ = Projector(config.projector.region, config.region.width(),
                                        config.language.dim, placement.options());
  parts_.push_back({"region connector", model_->region_projector_.ptr(), kRegionProjectorPrefix});
}

void ModelBuilder::add_language(bool has_head) {
  const LanguageConfig& config = model_->config_.language;
  const at::TensorOptions options = model_->placement_.options();
  Decoder& decoder = model_->decoder_;
  decoder.model = Qwen(config, options);
  parts_.push_back({kLanguageName, decoder.model.ptr(), layout_.language});

  tied_head_ = config.tied_head.value_or(!has_head);
  decoder.head = decoder.model->embed_tokens->weight;
  if (tied_head_) return;
  Linear head(config.dim, config.vocabulary, /*has_bias=*/false, options);
  decoder.head = head->weight;
  parts_.push_back({kHeadName, head.ptr(), layout_.head});
}

void ModelBuilder::add_stop_tokens() {
  std::vector<std::int64_t>& ids = model_->config_.stop_ids;
  for (const std::string& token : {model_->config_.chat.turn_end, std::string("<|endoftext|>")}) {
    if (const auto id = model_->tokenizer_->id_of(token)) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

std::string ModelBuilder::prefix_in(const CheckpointLayout& layout, const Part& part) {
  if (part.name == kPrimaryName) return layout.primary;
  if (part.name == kLanguageName) return layout.language;
  return part.name == kHeadName ? layout.head : part.prefix;
}

std::vector<std::string> ModelBuilder::ignored() const {
  std::vector<std::string> patterns = {"*.rotary_emb.inv_freq", "*.rotary_pos_emb.inv_freq",
                                       std::string(kRegionPrefix) + kUnusedRegionWeights};
  if (tied_head_) patterns.push_back(std::string(layout_.head) + "weight");
  return patterns;
}

namespace {

void add_adapter(const std::string& folder, const std::vector<ModelBuilder::Part>& parts) {
  LoraMerger merger(folder);
  for (const ModelBuilder::Part& part : parts) merger.merge_into(*part.module, part.prefix);
  merger.require_all_merged();
}

}  // namespace

std::unique_ptr<Fo1Model> Fo1Model::load(const std::string& folder, const Placement& placement,
                                         const Control& control, const std::string& lora) {
  VlmConfig config = load_vlm_config(folder);
  const Checkpoint checkpoint = Checkpoint::open(folder);
  ModelBuilder builder(checkpoint, std::move(config), placement);
  StateReader reader(checkpoint);
  for (std::string& pattern : builder.ignored()) reader.ignore(std::move(pattern));
  std::int64_t loaded = 0;
  for (const ModelBuilder::Part& part : builder.parts()) {
    control.step("load", loaded++, static_cast<std::int64_t>(builder.parts().size()));
    reader.load(*part.module, part.prefix);
  }
  reader.require_all_taken();
  if (!lora.empty()) add_adapter(lora, builder.parts());
  log(LogLevel::kInfo, folder, ": ", builder.layout().family, " loaded, ",
      checkpoint.total_bytes() >> 20, " MiB of weights");
  return builder.take();
}

}  // namespace fo1
