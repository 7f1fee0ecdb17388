// What a scene keeps, and what each change throws away:
//   the image            image tokens and maps, for the scene's life
//   a set of regions     region tokens; and, with the image, the language model's prefix
//   a question           nothing
#pragma once

#include <memory>
#include <vector>

#include "fo1/model.h"
#include "pipeline/conversation.h"
#include "task/task.h"

namespace fo1 {

struct Scene::Impl {
  Impl(std::shared_ptr<Fo1Model> model, Image image, std::vector<Region> regions,
       const Limits& limits);

  void set_regions(std::vector<Region> regions, const Limits& limits);
  Answer ask(const Question& question, const AskOptions& options);

  std::vector<Region> given;  // as the caller listed them
  StageCounts counts() const;

 private:
  void offer(std::vector<Region> regions, const Run& run);
  void put_question(const Task& task, const SubQuestion& sub, const TaskContext& context,
                    const AskOptions& options, const Run& run, Answer& answer);

  std::shared_ptr<Fo1Model> model_;
  Image image_;
  EncodedImage encoded_;
  std::vector<Region> offered_;  // the first of `given`, up to the model's limit
  at::Tensor region_tokens_;     // [R, D], undefined when nothing is offered
  PromptReader reader_;
  StageCounts counts_;
  Profile pending_;  // of encoding, for the next answer to report
};

}  // namespace fo1
