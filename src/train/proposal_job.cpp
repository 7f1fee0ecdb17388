#include "train/proposal_job.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "fo1/types.h"
#include "image/proposal_pixels.h"
#include "image/rgb_image.h"
#include "proposal/boxes.h"
#include "train/model_folder.h"
#include "train/picture_size.h"

namespace fo1::train {
namespace {

constexpr double kRare = 0.01;       // how likely a cell is thought to be something, at first
constexpr double kFirstMove = 1e-3;  // how far a box head moves its box, at first

struct PreparedPicture : Prepared {
  at::Tensor pixels;  // [1, 3, H, W]
  at::Tensor truth;   // [T, 4], cxcywh in fractions
  bool fine = true;   // which manner is asked for
};

std::shared_ptr<Upn> make_upn(const std::string& folder, at::Device device) {
  const std::string path = join_path(folder, "config.json");
  const Json json = load_json(path);
  const JsonView config(json, path);
  auto upn = std::dynamic_pointer_cast<Upn>(
      make_proposal_network(config, {Json::object(), path}, {device, at::kFloat}));
  if (!upn) fail(ErrorCode::kUnsupported, path, ": only a network of the kind upn can be trained");
  return upn;
}

// xyxy in pixels -> [T, 4], cxcywh in fractions. What lies outside the picture is cut off.
at::Tensor fractions_of(const std::vector<Box>& boxes, double width, double height) {
  std::vector<float> values;
  for (const Box& box : boxes) {
    const double x1 = std::clamp(box.x1 / width, 0.0, 1.0),
                 x2 = std::clamp(box.x2 / width, 0.0, 1.0);
    const double y1 = std::clamp(box.y1 / height, 0.0, 1.0),
                 y2 = std::clamp(box.y2 / height, 0.0, 1.0);
    if (!(x2 > x1 && y2 > y1)) continue;
    for (const double value : {(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1}) {
      values.push_back(static_cast<float>(value));
    }
  }
  return at::tensor(values, at::kFloat).view({-1, 4});
}

void make_small(BoxHead& head) {
  LinearImpl& last = *head->layers.back();
  last.weight.mul_(kFirstMove);
  last.bias.zero_();
}

}  // namespace

Losses upn_losses(Upn& upn, const Upn::Found& found, std::int64_t picture, const at::Tensor& prompt,
                  const at::Tensor& truth, const SetLossConfig& config) {
  Losses losses;
  const auto add = [&](const at::Tensor& logits, const at::Tensor& boxes, bool is_answer) {
    const SetLoss loss = set_loss(logits, boxes, truth, config);
    const at::Tensor total = loss.total(config);
    losses.total = losses.total.defined() ? losses.total + total : total;
    if (!is_answer) return;
    losses.parts = {{"focal", loss.focal}, {"distance", loss.distance}, {"overlap", loss.overlap}};
  };
  const UpnSelection& selection = found.selection;
  add(selection.logits[picture].index_select(0, selection.cells[picture]),
      selection.boxes[picture].sigmoid(), false);
  const UpnDecoded& decoded = found.decoded;
  for (std::size_t l = 0; l + 1 < decoded.layers.size(); ++l) {
    const at::Tensor logits = upn.decoder->norm(decoded.layers[l])[picture].matmul(prompt);
    add(logits, decoded.references[l + 1][picture], false);
  }
  add(found.logits[picture], decoded.boxes[picture], true);
  return losses;
}

ProposalJob::ProposalJob(const TrainConfig& config)
    : description_(config.model), device_(config.device), upn_(make_upn(config.model, device_)) {
  for (const std::string& path : config.data) {
    for (BoxSample& sample : read_coco_boxes(path)) {
      if (static_cast<std::int64_t>(sample.boxes.size()) <= upn_->config.queries) {
        samples_.push_back(std::move(sample));
        continue;
      }
      log(LogLevel::kWarning, sample.image, ": ", sample.boxes.size(),
          " boxes, but the network makes num_queries ", upn_->config.queries, "; left out");
    }
  }
  if (samples_.empty())
    fail(ErrorCode::kInvalidArgument, config.data.front(), ": no picture to train on");
}

std::unique_ptr<Prepared> ProposalJob::prepare(std::int64_t index, std::int64_t turn) const {
  const BoxSample& sample = samples_[static_cast<std::size_t>(index)];
  const Image image = Image::load(sample.image);
  auto picture = std::make_unique<PreparedPicture>();
  picture->pixels = proposal_pixels(rgb_tensor(image), upn_->picture_rule());
  picture->truth = fractions_of(sample.boxes, image.width(), image.height());
  picture->fine = turn % 2 == 0;  // both manners learn the same boxes, by turns
  return picture;
}

std::int64_t ProposalJob::shape(std::int64_t index) const {
  const PictureRule rule = upn_->picture_rule();
  const std::string& path = samples_[static_cast<std::size_t>(index)].image;
  const Size size = fit_short_side(picture_size(path), rule.short_side, rule.long_side);
  return size.width << 32 | size.height;
}

Losses ProposalJob::loss(std::span<const std::unique_ptr<Prepared>> samples) {
  std::vector<const PreparedPicture*> pictures;
  std::vector<at::Tensor> pixels;
  for (const auto& sample : samples) {
    pictures.push_back(static_cast<const PreparedPicture*>(sample.get()));
    pixels.push_back(pictures.back()->pixels);
  }
  const Upn::Encoded encoded = upn_->encode(at::cat(pixels).to(device_), {}, Control::unlimited());
  const Embedding& manner = pictures.front()->fine ? upn_->fine_prompt : upn_->coarse_prompt;
  const at::Tensor prompt = manner->weight[0];
  const Upn::Found found = upn_->decode(encoded, prompt, Control::unlimited());
  std::vector<Losses> losses;
  for (std::size_t p = 0; p < pictures.size(); ++p) {
    losses.push_back(upn_losses(*upn_, found, static_cast<std::int64_t>(p), prompt,
                                pictures[p]->truth.to(device_), loss_));
  }
  return mean(losses);
}

std::string ProposalJob::checkpoint_name(const std::string& parameter) const {
  return rename(upn_->names(), parameter);
}

void ProposalJob::write(const std::string& folder, const NamedTensors& tensors) const {
  write_model_folder(folder, description_, tensors);
}

void ProposalJob::load(const Checkpoint& checkpoint) {
  upn_->load(checkpoint);
}

void ProposalJob::improve_random_weights() {
  const at::NoGradGuard no_grad;
  make_small(upn_->selector->enc_out_bbox_embed);
  make_small(upn_->decoder->bbox_embed);
  // A logit is the product of a normed row with the prompt: the norms' shifts lie along the
  // prompts, so that at first little is thought to be something.
  at::Tensor& fine = upn_->fine_prompt->weight;
  fine.div_(fine.norm());
  upn_->coarse_prompt->weight.copy_(fine);
  const at::Tensor shift = fine[0] * std::log(kRare / (1 - kRare));
  upn_->selector->enc_output_norm->bias.copy_(shift);
  upn_->decoder->norm->bias.copy_(shift);
  // Sampling begins around the reference, each head in a direction of its own.
  for (const auto& item : upn_->named_parameters()) {
    at::Tensor value = item.value();
    if (item.key().ends_with("sampling_offsets.weight")) value.zero_();
    if (item.key().ends_with("attention_weights.weight")) value.zero_();
    if (!item.key().ends_with("sampling_offsets.bias")) continue;
    const UpnConfig& c = upn_->config;
    const at::Tensor angles = at::arange(c.heads) * (2 * M_PI / static_cast<double>(c.heads));
    at::Tensor ways = at::stack({angles.cos(), angles.sin()}, -1);  // [heads, 2]
    ways = ways / std::get<0>(ways.abs().max(-1, /*keepdim=*/true));
    const at::Tensor far = at::arange(1, c.points + 1).view({1, 1, -1, 1});
    value.copy_((ways.view({c.heads, 1, 1, 2}) * far).expand({-1, c.levels, -1, -1}).flatten());
  }
}

}  // namespace fo1::train
