#include "proposal/upn.h"

#include <ATen/ATen.h>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr const char* kFine = "fine";
constexpr const char* kCoarse = "coarse";

// cxcywh -> xyxy, in this order of operations: the reference's last bits.
at::Tensor corners(const at::Tensor& boxes) {
  const at::Tensor sides = boxes.narrow(-1, 2, 2);
  const at::Tensor first = boxes.narrow(-1, 0, 2) - sides / 2;
  return at::cat({first, first + sides}, -1);
}

}  // namespace

Upn::Upn(UpnConfig config_, const Placement& placement) : config(std::move(config_)) {
  const at::TensorOptions options = placement.options();
  backbone = register_module("backbone", Swin(config.swin, options));
  neck = register_module("input_proj", UpnNeck(config, options));
  const auto transformer = register_module("transformer", std::make_shared<torch::nn::Module>());
  level_embed = transformer->register_parameter(
      "level_embed", at::empty({config.levels, config.dim}, options), false);
  const auto list = transformer->register_module("encoder", std::make_shared<torch::nn::Module>());
  for (int64_t l = 0; l < config.encoder_layers; ++l) {
    encoder.push_back(list->register_module(std::to_string(l), UpnEncoderLayer(config, options)));
  }
  selector = transformer->register_module("selector", UpnQuerySelection(config, options));
  decoder = transformer->register_module("decoder", UpnDecoder(config, options));
  const auto add_prompt = [&](const char* name) {
    return transformer->register_module(name, Embedding(1, config.dim, options));
  };
  fine_prompt = add_prompt("fine_grained_prompt");
  coarse_prompt = add_prompt("coarse_grained_prompt");
}

std::vector<std::string> Upn::prompts() const {
  return {kFine, kCoarse};
}

std::vector<NameRule> Upn::names() const {
  // The box head is stored once per layer, twice; the last copy is the one that counts.
  return {
      {"backbone.*", "backbone.model.backbone.*"},
      {"transformer.encoder.*", "transformer.encoder.layers.*"},
      {"transformer.selector.*", "transformer.*"},
      {"transformer.decoder.tgt_embed.*", "transformer.tgt_embed.*"},
      {"transformer.decoder.bbox_embed.*", cat("bbox_embed.", config.decoder_layers - 1, ".*")},
  };
}

std::vector<std::string> Upn::ignored() const {
  return {"bbox_embed.*", "transformer.decoder.bbox_embed.*",
          "transformer.decoder.ref_point_head_point.*",  // its output counts zero times
          "*.relative_position_index"};
}

ProposalQuery Upn::read(const ProposalPrompt& prompt, const Control&) {
  if (!prompt.classes.empty() || !prompt.task.empty()) {
    fail(ErrorCode::kInvalidArgument, "upn finds boxes around anything and reads no labels");
  }
  std::vector<at::Tensor> vectors;
  for (const std::string& name : prompt.names) {
    if (name != kFine && name != kCoarse) {
      fail(ErrorCode::kInvalidArgument, "upn has no prompt ", quoted(name), ", expected ", kFine,
           " or ", kCoarse);
    }
    vectors.push_back((name == kFine ? fine_prompt : coarse_prompt)->weight);
  }
  if (vectors.empty()) vectors.push_back(fine_prompt->weight);
  return {at::cat(vectors), {}};
}

Upn::Encoded Upn::encode(const at::Tensor& pixels, const at::Tensor& padding,
                         const Control& control) {
  return mix(backbone(pixels, control), padding, control);
}

Upn::Encoded Upn::mix(const FeatureMaps& maps, const at::Tensor& padding, const Control& control) {
  control.step("propose");
  Encoded encoded;
  encoded.pyramid = neck(maps, padding);
  UpnPyramid& pyramid = encoded.pyramid;
  std::vector<at::Tensor> of_cells;  // each cell's level, [S, C]
  for (std::size_t l = 0; l < pyramid.levels.size(); ++l) {
    const Size& level = pyramid.levels[l];
    of_cells.push_back(
        level_embed[static_cast<int64_t>(l)].expand({level.width * level.height, -1}));
  }
  pyramid.position = pyramid.position + at::cat(of_cells);
  const at::Tensor references = cell_references(pyramid.levels, pyramid.ratios);
  encoded.memory = pyramid.tokens;
  for (UpnEncoderLayer& layer : encoder) {
    control.step("propose");
    encoded.memory = layer(encoded.memory, pyramid, references);
  }
  return encoded;
}

Upn::Found Upn::decode(const Encoded& encoded, const at::Tensor& prompt, const Control& control) {
  Found found;
  found.selection = selector(encoded.memory, encoded.pyramid, prompt);
  found.decoded = decoder(found.selection.boxes, encoded.memory, encoded.pyramid, control);
  found.logits = found.decoded.queries.to(at::kFloat).matmul(prompt.to(at::kFloat));
  return found;
}

Candidates Upn::propose(const at::Tensor& pixels, const ProposalQuery& query,
                        const Control& control) {
  const Encoded encoded = encode(pixels, /*padding=*/{}, control);
  std::vector<at::Tensor> boxes, scores;
  for (int64_t k = 0; k < query.classes.size(0); ++k) {
    const Found found = decode(encoded, query.classes[k], control);
    boxes.push_back(corners(found.decoded.boxes)[0]);
    scores.push_back(found.logits.sigmoid()[0]);
  }
  const auto [sorted, order] = at::cat(scores).sort(/*stable=*/true, 0, /*descending=*/true);
  return {at::cat(boxes).index_select(0, order).cpu(), sorted.cpu(), {}};
}

}  // namespace fo1
