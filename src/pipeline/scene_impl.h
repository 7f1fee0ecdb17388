// What a scene keeps, and what each change throws away:
//   the image            image tokens and maps, for the scene's life
//   a set of regions     region tokens; and, with the image, the language model's prefix
//   a question           nothing
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "fo1/model.h"
#include "pipeline/conversation.h"
#include "task/task.h"

namespace fo1 {

// As many of a scene's regions as one prompt holds, and the language model's reading of them.
struct RegionPass {
  explicit RegionPass(Fo1Model& model) : reader(model) {}

  std::int64_t first = 0;  // index of its first region among all
  std::vector<Region> offered;
  at::Tensor tokens;  // [R, D], undefined when nothing is offered
  PromptReader reader;
};

struct Scene::Impl {
  Impl(std::shared_ptr<Fo1Model> model, Image image, Proposals proposals, const Limits& limits);

  void set_regions(Proposals proposals, const Limits& limits);
  Answer ask(const Question& question, const AskOptions& options);

  StageCounts counts() const;
  const std::vector<Region>& given() const { return proposals_.regions; }
  const Proposals& proposals() const { return proposals_; }

 private:
  void offer(Proposals proposals, const Run& run);
  RegionPass encode_pass(const std::vector<Region>& regions, std::size_t first, const Run& run);
  void encode_all(const Run& run);
  Answer ask_all(const Task& task, const Question& question, const AskOptions& options,
                 const Run& run);
  Answer ask_pass(const Task& task, const Question& question, RegionPass& pass,
                  const AskOptions& options, const Run& run);
  void put_question(const Task& task, const SubQuestion& sub, RegionPass& pass,
                    const AskOptions& options, const Run& run, Answer& answer);
  bool found_nothing() const;
  std::size_t limit() const;  // regions of one pass

  std::shared_ptr<Fo1Model> model_;
  Image image_;
  EncodedImage encoded_;
  Proposals proposals_;            // as given
  std::deque<RegionPass> passes_;  // the first always; the others once a question asks for them
  StageCounts counts_;
  Profile pending_;  // of encoding, for the next answer to report
};

}  // namespace fo1
