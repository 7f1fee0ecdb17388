// The stages joined. Read this file first: an image is encoded twice, regions are pooled from both
// encodings and become tokens, and the language model reads image, regions and words.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/control.h"
#include "base/profile.h"
#include "connector/projector.h"
#include "encoder/encoder.h"
#include "language/generate.h"
#include "language/positions.h"
#include "region/region_encoder.h"
#include "text/tokenizer.h"
#include "vlm/config.h"
#include "vlm/trace.h"

namespace fo1 {

// What depends on one image only.
struct EncodedImage {
  PreparedImage prepared;  // without the primary pixels, which are used up
  Size grid;               // merged cells: one image token each
  at::Tensor tokens;       // [grid.width * grid.height, D], in the language model's space
  FeatureMaps levels;      // the primary encoder's; released when `maps` is made
  RegionMaps maps;         // empty until regions are asked for
  bool has_maps = false;
};

// Asked for by everything that may take long. The trace may be null.
struct Run {
  const Control& control;
  Profile& profile;
  Trace* trace = nullptr;
};

// What the language model reads.
struct Embedded {
  at::Tensor rows;           // [T, D]
  TokenPositions positions;  // of the rows
};

// Where reading of a prompt has come to.
struct Reading {
  at::Tensor hidden;      // [T, D]: states of the rows just read
  std::int64_t next = 0;  // position of the next token
};

// Weights are immutable after load: one model serves any number of threads.
class Fo1Model {
 public:
  // lora: the folder of an adapter (see weights/lora.h) that is added to the weights; or empty.
  static std::unique_ptr<Fo1Model> load(const std::string& folder, const Placement& placement,
                                        const Control& control = Control::unlimited(),
                                        const std::string& lora = "");

  const VlmConfig& config() const { return config_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const std::vector<std::int64_t>& stop_ids() const { return config_.stop_ids; }
  std::int64_t merge() const { return primary_->merge(); }  // see PrimaryEncoder
  std::int64_t layers() const { return config_.language.layers; }
  Decoder& decoder() { return decoder_; }

  // Image -> primary encoder -> image tokens. `index`: which image of the conversation, for
  // tracing.
  EncodedImage encode_image(const Image& image, const Run& run, int index = 0);
  // Several with primary pixels of one size; `first`: the index of the first.
  std::vector<EncodedImage> encode_images(std::vector<PreparedImage> images, const Run& run,
                                          int first = 0);
  // Auxiliary encoder and feature pyramid, once per image. Throws kUnsupported on a model without
  // region modules.
  void encode_maps(EncodedImage& image, const Run& run, int index = 0);
  // Pooling and connector -> [R, D].
  at::Tensor encode_regions(const EncodedImage& image, const std::vector<Box>& boxes,
                            const Run& run);
  // The same from several images without maps, with pixels of one size for either encoder, of whose
  // maps none are kept -> [sum of R, D], image after image.
  at::Tensor encode_regions(std::span<const EncodedImage* const> images,
                            std::span<const std::vector<Box>> boxes, const Run& run);

  // Ids with their placeholders, the first row at position `first`. Throws kCorruptFile for an id
  // that has no embedding.
  Embedded embed(std::span<const std::int64_t> ids, std::span<const EncodedImage* const> images,
                 const at::Tensor& regions, std::int64_t first = 0);

  // Reads ids with their placeholders; `cache` holds what was read before, `first` is the position
  // of the first new row.
  Reading read(std::span<const std::int64_t> ids, std::span<const EncodedImage* const> images,
               const at::Tensor& regions, KvCache& cache, std::int64_t first, const Run& run);

 private:
  Fo1Model() = default;
  friend class ModelBuilder;

  RegionMaps maps_of(std::span<const EncodedImage* const> images, const Run& run, int index);
  at::Tensor tokens_of(const RegionMaps& maps, std::span<const PreparedBoxes> boxes,
                       const Run& run);

  VlmConfig config_;
  Placement placement_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::shared_ptr<PrimaryEncoder> primary_;
  std::shared_ptr<AuxiliaryEncoder> auxiliary_;
  RegionEncoder region_encoder_{nullptr};
  Projector image_projector_{nullptr};
  Projector region_projector_{nullptr};
  Decoder decoder_;
};

}  // namespace fo1
