#include "train/stages.h"

#include <functional>
#include <span>

#include "base/error.h"
#include "train/encoder_job.h"
#include "train/proposal_job.h"
#include "train/vlm_job.h"
#include "weights/lora.h"

namespace fo1::train {
namespace {

using MakeJob = std::unique_ptr<Job> (*)(const TrainConfig&);

template <VlmLessons lessons>
std::unique_ptr<Job> vlm_job(const TrainConfig& config) {
  return std::make_unique<VlmJob>(config, lessons);
}

std::unique_ptr<Job> proposal_job(const TrainConfig& config) {
  return std::make_unique<ProposalJob>(config);
}

std::unique_ptr<Job> encoder_job(const TrainConfig& config) {
  return std::make_unique<EncoderJob>(config);
}

struct Stage {
  const char* name;
  MakeJob make;
  std::vector<const char*> frozen;  // patterns of tensor names
};

// In the order in which a model is made.
const std::vector<Stage>& stages() {
  static const std::vector<Stage> all = {
      {"proposals", proposal_job, {}},
      // Image encoders, which the paper takes as given.
      {"encoders",
       encoder_job,
       {"model.layers.*", "model.norm.*", "model.embed_tokens.*", "lm_head.*"}},
      // The VLM that the paper takes as given: pictures and words, no regions.
      {"pretrain",
       vlm_job<VlmLessons::kWithoutRegions>,
       {"model.vision_tower_aux.*", "model.object_vp_extractor.*", "model.mm_projector_aux.*"}},
      // Region-language alignment: the VLM is frozen but for the embeddings of new tokens.
      {"align",
       vlm_job<VlmLessons::kNewTokensOnly>,
       {"model.vision_tower.*", "model.mm_projector.*", "model.layers.*", "model.norm.*"}},
      // Perception fine-tuning.
      {"finetune", vlm_job<VlmLessons::kAll>, {"model.vision_tower.*"}},
      // Everything at once, for comparison.
      {"joint", vlm_job<VlmLessons::kAll>, {}},
  };
  return all;
}

// The changes of low rank are all that is trained.
void use_lora(TrainConfig& config) {
  if (config.stage != "finetune") {
    fail(ErrorCode::kInvalidArgument,
         "lora: only the stage finetune can train changes of low rank");
  }
  if (config.weights.empty()) {
    fail(ErrorCode::kInvalidArgument, "lora: \"weights\" must name the model that is changed");
  }
  if (!config.rates.empty()) {
    fail(ErrorCode::kInvalidArgument, "rates: cannot be used with lora, which freezes all else");
  }
  config.rates = {{cat(kLoraPrefix, "*"), 1}, {"*", 0}};
}

}  // namespace

std::unique_ptr<Job> begin_stage(TrainConfig& config) {
  std::string known;
  for (const Stage& stage : stages()) {
    known += cat(known.empty() ? "" : ", ", stage.name);
    if (config.stage != stage.name) continue;
    if (config.lora) use_lora(config);
    for (const char* pattern : stage.frozen) {
      if (!config.lora) config.rates.insert(config.rates.begin(), {pattern, 0});
    }
    return stage.make(config);
  }
  fail(ErrorCode::kInvalidArgument, "stage ", quoted(config.stage),
       " is not known, expected one of ", known);
}

}  // namespace fo1::train
