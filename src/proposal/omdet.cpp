#include "proposal/omdet.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/error.h"

namespace fo1 {
namespace {

// Labels that go through the text model together, each as long as the longest.
constexpr std::size_t kLabelsAtOnce = 64;

constexpr const char* kBackbone = "vision_backbone.vision_backbone._backbone.";

// timm writes `layers_S` and counts a merging layer to the stage behind it.
std::vector<NameRule> timm_names(const SwinConfig& swin) {
  std::vector<NameRule> rules;
  for (std::size_t s = 0; s + 1 < swin.depths.size(); ++s) {
    rules.push_back({cat(kBackbone, "layers.", s, ".downsample.*"),
                     cat(kBackbone, "layers_", s + 1, ".downsample.*")});
  }
  rules.push_back({cat(kBackbone, "layers.*"), cat(kBackbone, "layers_*")});
  return rules;
}

}  // namespace

OmDetLanguageImpl::OmDetLanguageImpl(const OmDetConfig& config, const at::TensorOptions& options) {
  model = register_module("model", std::make_shared<torch::nn::Module>())
              ->register_module("text_model", ClipText(config.text, options));
  text_projection = register_parameter(
      "text_projection", at::empty({config.text.dim, config.decoder.class_dim}, options),
      /*requires_grad=*/false);
}

void OmDetLanguageImpl::check(const Ids& ids, const char* what) const {
  const auto reject = [&](const auto&... parts) {
    fail(ErrorCode::kInvalidArgument, "opn: ", what, parts...);
  };
  const ClipTextConfig& text = model->config;
  if (ids.empty()) reject(" has no tokens");
  if (static_cast<int64_t>(ids.size()) > text.positions) {
    reject(" has ", ids.size(), " tokens, expected at most ", text.positions);
  }
  for (const int64_t id : ids) {
    if (id < 0 || id >= text.vocabulary) {
      reject(" has token id ", id, ", expected 0 to ", text.vocabulary - 1);
    }
  }
}

at::Tensor OmDetLanguageImpl::read_together(const Ids* labels, std::size_t count) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < count; ++i) longest = std::max(longest, labels[i].size());
  const auto rows = static_cast<int64_t>(count), length = static_cast<int64_t>(longest);
  at::Tensor ids = at::zeros({rows, length}, at::kLong);
  at::Tensor ends = at::empty({rows}, at::kLong);  // places in the flattened states
  for (std::size_t i = 0; i < count; ++i) {
    const Ids& label = labels[i];
    const std::size_t start = i * longest;
    std::ranges::copy(label, ids.mutable_data_ptr<int64_t>() + start);
    const auto end = std::ranges::max_element(label) - label.begin();
    ends.mutable_data_ptr<int64_t>()[i] = static_cast<int64_t>(start) + end;
  }
  const auto device = text_projection.device();
  const at::Tensor states = model(ids.to(device)).flatten(0, 1);
  return at::matmul(states.index_select(0, ends.to(device)), text_projection);
}

at::Tensor OmDetLanguageImpl::read_labels(const std::vector<Ids>& labels, const Control& control) {
  if (labels.empty()) fail(ErrorCode::kInvalidArgument, "opn: no label to look for");
  for (std::size_t i = 0; i < labels.size(); ++i) check(labels[i], cat("label ", i).c_str());
  std::vector<at::Tensor> parts;
  for (std::size_t first = 0; first < labels.size(); first += kLabelsAtOnce) {
    control.step("propose");
    parts.push_back(read_together(&labels[first], std::min(kLabelsAtOnce, labels.size() - first)));
  }
  return at::cat(parts);
}

at::Tensor OmDetLanguageImpl::read_task(const Ids& task) {
  check(task, "the task");
  const at::Tensor ids = at::tensor(task, at::kLong).unsqueeze(0);
  return model(ids.to(text_projection.device())).squeeze(0);
}

OmDet::OmDet(OmDetConfig config_, const at::TensorOptions& options) : config(std::move(config_)) {
  const auto vision = register_module("vision_backbone", std::make_shared<torch::nn::Module>());
  backbone = vision->register_module("vision_backbone", std::make_shared<torch::nn::Module>())
                 ->register_module("_backbone", Swin(config.backbone, options));
  const auto norms = vision->register_module("layer_norms", std::make_shared<torch::nn::Module>());
  for (std::size_t l = 0; l < config.encoder.in_dims.size(); ++l) {
    layer_norms.push_back(norms->register_module(
        std::to_string(l),
        ChannelNorm(config.encoder.in_dims[l], config.encoder.layer_norm_eps, options)));
  }
  language = register_module("language_backbone", OmDetLanguage(config, options));
  encoder = register_module("encoder", OmDetEncoder(config.encoder, options));
  decoder = register_module("decoder", OmDetDecoder(config.decoder, options));
  // As the published model is used.
  selection_ = {.min_score = 0.3, .strictly = true, .max_iou = 0.5, .by_class = true, .clip = true};
}

std::vector<NameRule> OmDet::names() const {
  return timm_names(config.backbone);
}

std::vector<std::string> OmDet::ignored() const {
  std::vector<std::string> patterns = {
      "*.num_batches_tracked", "*.relative_position_index",
      "language_backbone.model.text_model.embeddings.position_ids"};
  for (int64_t i = 0; i + 1 < config.decoder.layers; ++i) {
    patterns.push_back(cat("decoder.decoder_class_head.", i, ".*"));
  }
  return patterns;
}

ProposalQuery OmDet::read(const ProposalPrompt& prompt, const Control& control) {
  if (!prompt.names.empty()) {
    fail(ErrorCode::kInvalidArgument, "opn: prompt ", quoted(prompt.names.front()),
         " is not known; it looks for what words name");
  }
  return {language->read_labels(prompt.classes, control), language->read_task(prompt.task)};
}

FeatureMaps OmDet::see(const at::Tensor& pixels, const Control& control) {
  FeatureMaps maps = backbone(pixels, control);
  for (std::size_t l = 0; l < maps.size(); ++l) maps[l] = layer_norms[l](maps[l]);
  return maps;
}

OmDetBoxes OmDet::forward(const at::Tensor& pixels, const OmDetPrompt& prompt,
                          const Control& control) {
  return decoder(encoder(see(pixels, control), control), prompt, control);
}

Candidates OmDet::propose(const at::Tensor& pixels, const ProposalQuery& query,
                          const Control& control) {
  const OmDetPrompt prompt{query.classes.unsqueeze(0), query.task.unsqueeze(0), {}};
  const OmDetBoxes found = forward(pixels, prompt, control);
  return best_pairs(found.logits[0], found.boxes[0], config.decoder.queries);
}

Candidates best_pairs(const at::Tensor& logits, const at::Tensor& boxes, std::int64_t most) {
  const int64_t labels = logits.size(1);
  const auto [scores, pairs] = logits.sigmoid().flatten().topk(std::min(most, logits.numel()), 0);
  const at::Tensor chosen = boxes.index_select(0, pairs.floor_divide(labels));
  const at::Tensor centre = chosen.narrow(1, 0, 2), half = chosen.narrow(1, 2, 2) / 2;
  return {at::cat({centre - half, centre + half}, 1).cpu(), scores.cpu(),
          pairs.remainder(labels).cpu()};
}

}  // namespace fo1
