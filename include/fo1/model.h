// The two objects one works with: a loaded Model, and Scenes made from it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fo1/answer.h"
#include "fo1/export.h"
#include "fo1/options.h"
#include "fo1/proposer.h"
#include "fo1/question.h"
#include "fo1/types.h"

namespace fo1 {

// How often each stage has run on a scene. A second question adds to `prefill_question` only.
struct StageCounts {
  std::int64_t encode_primary = 0;    // image -> image tokens
  std::int64_t encode_auxiliary = 0;  // image -> high-resolution maps and feature pyramid
  std::int64_t encode_regions = 0;    // boxes -> region tokens
  std::int64_t prefill_prefix = 0;    // system turn, image and regions read by the language model
  std::int64_t prefill_question = 0;  // the words after them
};

// One image and its regions, encoded once, asked many times. It shares the model's weights and may
// outlive the Model object. One thread at a time; different scenes run in parallel.
class FO1_API Scene {
 public:
  Scene(Scene&&) noexcept;
  Scene& operator=(Scene&&) noexcept;
  ~Scene();

  // Throws kInvalidArgument (unknown task, empty query, region index out of range), kUnsupported
  // (regions on a model without region modules), kCancelled / kDeadline when stopped before the
  // first word; after it the answer so far is returned with `finish` saying why.
  Answer ask(const Question& question, const AskOptions& options = {});

  Answer detect(const std::vector<std::string>& labels, const AskOptions& options = {});
  Answer ground(const std::string& phrase, const AskOptions& options = {});
  Answer count(const std::string& name, const AskOptions& options = {});
  Answer ocr(const std::vector<std::int64_t>& regions = {}, const AskOptions& options = {});

  // Other regions on the same image: only pooling and connector run again. On an error the scene
  // keeps the regions it had.
  void set_regions(Proposals proposals, const Limits& limits = {});

  const std::vector<Region>& regions() const;  // as given, those over the limit included
  const Proposals& proposals() const;          // the same, and who found them
  StageCounts stage_counts() const;

  struct Impl;
  explicit Scene(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// A loaded checkpoint folder. Copies share it; it never changes, so all its functions may be called
// from any thread.
class FO1_API Model {
 public:
  // Throws kNotFound, kCorruptFile, kUnsupported, kOutOfMemory.
  static Model load(const std::string& folder, const LoadOptions& options = {});

  // Encodes `image` with its regions: a list of them, or what a proposer found. Those beyond the
  // model's limit (100) are left out and reported as dropped in each answer, unless a question asks
  // for AskOptions::all_regions. Throws kUnsupported when regions are given to a model without
  // region modules, kInvalidArgument for boxes that are not finite.
  Scene scene(const Image& image, Proposals proposals = {}, const Limits& limits = {}) const;

  // The proposal network in the model folder: below `proposals`, or where `fo1_proposals` in its
  // config.json says. Null: there is none. It is loaded at the first call, which throws what
  // Proposer::load() throws, and lives as long as any copy of the model.
  const Proposer* proposer() const;

  // Answers the last message of a conversation. Regions are numbered on through all messages.
  Answer chat(const std::vector<Message>& messages, const AskOptions& options = {}) const;

  // The same, and writes every stage's tensors to a safetensors file (atomically).
  Answer trace(const std::vector<Message>& messages, const std::string& path,
               const AskOptions& options = {}) const;

  const std::string& folder() const;
  bool has_regions() const;           // false: a plain VLM, answers `ask` and chat only
  std::int64_t region_limit() const;  // regions a prompt can hold

  struct Impl;
  explicit Model(std::shared_ptr<const Impl> impl);

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace fo1
