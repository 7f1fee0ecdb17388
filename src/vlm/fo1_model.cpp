#include "vlm/fo1_model.h"

#include <ATen/ATen.h>

#include "base/error.h"
#include "connector/splice.h"
#include "image/boxes.h"
#include "image/prepare.h"

namespace fo1 {
namespace {

void put(Trace* trace, const std::string& name, const at::Tensor& value, int64_t dim = 0) {
  if (trace) trace->put(name, value, dim);
}

// "vit.level.0.1", ...: maps lose their batch dimension.
void put_maps(Trace* trace, const std::string& name, const FeatureMaps& maps) {
  for (std::size_t k = 0; k < maps.size(); ++k) put(trace, cat(name, k), maps[k].squeeze(0));
}

// One tensor as it is, more as one.
at::Tensor batch_of(const std::vector<at::Tensor>& tensors) {
  return tensors.size() == 1 ? tensors.front() : at::cat(tensors);
}

// Each goes on its own, without waiting where its memory allows that.
at::Tensor batch_on(const Placement& placement, std::vector<at::Tensor> tensors) {
  for (at::Tensor& tensor : tensors) {
    tensor = tensor.to(placement.options(), /*non_blocking=*/true);
  }
  return batch_of(tensors);
}

FeatureMaps of_picture(const FeatureMaps& batch, std::int64_t row) {
  FeatureMaps maps;
  for (const at::Tensor& map : batch) maps.push_back(map.narrow(0, row, 1));
  return maps;
}

// Embedding tables may be shorter than the tokenizer's vocabulary.
void require_embedded(std::span<const std::int64_t> ids, const VlmConfig& config) {
  for (const std::int64_t id : ids) {
    if (id < config.language.vocabulary) continue;
    fail(ErrorCode::kCorruptFile, config.folder, ": the prompt has token ", id,
         ", but config.json says vocab_size ", config.language.vocabulary);
  }
}

void put_primary(Trace* trace, const PrimaryFeatures& features, int index) {
  put(trace, cat("vit.patch_embed.", index), features.patch_embed);
  for (std::size_t k = 0; k < features.blocks.size(); ++k) {
    put(trace, cat("vit.block.", index, ".", k), features.blocks[k]);
  }
  put_maps(trace, cat("vit.level.", index, "."), features.levels);
  put(trace, cat("vit.merged.", index), features.tokens);
}

}  // namespace

EncodedImage Fo1Model::encode_image(const Image& image, const Run& run, int index) {
  PreparedImage prepared;
  {
    const Profile::Timer timer(run.profile, "decode");
    run.control.step("decode");
    prepared = prepare_image(image, config_.image);
  }
  std::vector<PreparedImage> one;
  one.push_back(std::move(prepared));
  return std::move(encode_images(std::move(one), run, index).front());
}

std::vector<EncodedImage> Fo1Model::encode_images(std::vector<PreparedImage> images, const Run& run,
                                                  int first) {
  const Profile::Timer timer(run.profile, "encode_primary");
  const std::int64_t grid_h = images.front().primary.grid_h, grid_w = images.front().primary.grid_w;
  std::vector<at::Tensor> patches;
  for (PreparedImage& image : images) {
    patches.push_back(image.primary.patches);
    put(run.trace, cat("pixel_values.", first), image.primary.patches);
    put(run.trace, cat("aux_pixel_values.", first), image.auxiliary.squeeze(0));
    image.primary.patches.reset();
  }
  const PrimaryFeatures features =
      primary_->forward(batch_on(placement_, std::move(patches)), grid_h, grid_w, run.control);
  put_primary(run.trace, features, first);
  const at::Tensor tokens = image_projector_(features.tokens);  // [B*N, D]
  const auto count = static_cast<std::int64_t>(images.size());
  const std::int64_t merge = primary_->merge(), each = tokens.size(0) / count;
  std::vector<EncodedImage> encoded;
  for (std::int64_t b = 0; b < count; ++b) {
    EncodedImage& image = encoded.emplace_back();
    image.prepared = std::move(images[static_cast<std::size_t>(b)]);
    image.grid = {grid_w / merge, grid_h / merge};
    image.tokens = tokens.narrow(0, b * each, each);
    image.levels = of_picture(features.levels, b);
  }
  return encoded;
}

void Fo1Model::encode_maps(EncodedImage& image, const Run& run, int index) {
  if (image.has_maps) return;
  const EncodedImage* const one = &image;
  image.maps = maps_of(std::span(&one, 1), run, index);
  image.has_maps = true;
  image.levels.clear();
}

RegionMaps Fo1Model::maps_of(std::span<const EncodedImage* const> images, const Run& run,
                             int index) {
  if (!config_.has_regions) {
    fail(ErrorCode::kUnsupported, config_.folder,
         ": regions were offered, but this model has no region modules (config.json names no "
         "mm_vision_tower_aux): only questions without regions can be answered");
  }
  const Profile::Timer timer(run.profile, "encode_auxiliary");
  std::vector<at::Tensor> pixels;
  std::vector<std::vector<at::Tensor>> levels(images.front()->levels.size());
  for (const EncodedImage* image : images) {
    pixels.push_back(image->prepared.auxiliary);
    for (std::size_t l = 0; l < levels.size(); ++l) levels[l].push_back(image->levels[l]);
  }
  const FeatureMaps auxiliary =
      auxiliary_->forward(batch_on(placement_, std::move(pixels)), run.control);
  put_maps(run.trace, cat("davit.", index, "."), auxiliary);
  FeatureMaps primary;
  for (const std::vector<at::Tensor>& level : levels) primary.push_back(batch_of(level));
  RegionMaps maps = region_encoder_->prepare(auxiliary, primary);
  if (config_.region.primary_pyramid) {
    put_maps(run.trace, index == 0 ? "fpn." : cat("fpn.", index, "."), maps.primary);
  }
  return maps;
}

at::Tensor Fo1Model::encode_regions(const EncodedImage& image, const std::vector<Box>& boxes,
                                    const Run& run) {
  const PreparedBoxes prepared = prepare_boxes(boxes, image.prepared);
  return tokens_of(image.maps, std::span(&prepared, 1), run);
}

at::Tensor Fo1Model::encode_regions(std::span<const EncodedImage* const> images,
                                    std::span<const std::vector<Box>> boxes, const Run& run) {
  std::vector<PreparedBoxes> prepared;
  for (std::size_t b = 0; b < images.size(); ++b) {
    prepared.push_back(prepare_boxes(boxes[b], images[b]->prepared));
  }
  return tokens_of(maps_of(images, run, 0), prepared, run);
}

at::Tensor Fo1Model::tokens_of(const RegionMaps& maps, std::span<const PreparedBoxes> boxes,
                               const Run& run) {
  const Profile::Timer timer(run.profile, "encode_regions");
  run.control.step("encode_regions");
  const at::Tensor features = region_encoder_->encode(maps, boxes);
  at::Tensor tokens = region_projector_(features.to(placement_.dtype));
  if (run.trace) {
    put(run.trace, "aux_boxes", boxes.front().auxiliary);
    put(run.trace, "vt_boxes", boxes.front().primary);
    put(run.trace, "hfre.prepos", region_encoder_->encode(maps, boxes, Positions::kOff));
    put(run.trace, "hfre.out", features);
    put(run.trace, "region_tokens", tokens);
  }
  return tokens;
}

Embedded Fo1Model::embed(std::span<const std::int64_t> ids,
                         std::span<const EncodedImage* const> images, const at::Tensor& regions,
                         std::int64_t first) {
  require_embedded(ids, config_);
  std::vector<Size> grids;
  std::vector<at::Tensor> image_tokens;
  for (const EncodedImage* image : images) {
    grids.push_back(image->grid);
    image_tokens.push_back(image->tokens);
  }
  const std::vector<PromptSegment> segments = segments_of(ids, grids);
  const at::Tensor words =
      decoder_.model->embed(at::tensor(text_ids(ids), at::kLong).to(placement_.device));
  return {splice(segments, words, image_tokens, regions), positions_of(segments, first)};
}

Reading Fo1Model::read(std::span<const std::int64_t> ids,
                       std::span<const EncodedImage* const> images, const at::Tensor& regions,
                       KvCache& cache, std::int64_t first, const Run& run) {
  const Embedded embedded = embed(ids, images, regions, first);
  const TokenPositions& positions = embedded.positions;
  put(run.trace, "inputs_embeds", embedded.rows);
  put(run.trace, "position_ids", positions.ids, /*dim=*/1);

  const std::int64_t total = cache.length() + embedded.rows.size(0);
  if (total > config_.language.max_positions) {
    fail(ErrorCode::kInvalidArgument, "the prompt has ", total,
         " tokens; this model takes at most ", config_.language.max_positions);
  }
  return {decoder_.model->forward(embedded.rows, positions.ids.to(placement_.device), &cache,
                                  run.control),
          positions.next};
}

}  // namespace fo1
