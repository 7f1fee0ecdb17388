// The questions in the words the model was trained with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "task/grammar.h"

namespace fo1 {

// `{}` stands for what is asked about. A model answers best when nothing else is changed.
struct TaskWording {
  std::string detect = "Please detect {} in this image. Answer the question with object indexes.";
  std::string count =
      "How many {} are there in this image? Count each instance of the target object. Locate them "
      "with object indexes and then answer the question with the number of objects.";
  std::string ocr = "Please provide the ocr results of {} in the image.";
  std::string caption_brief = "Provide a brief description for {}.";
  std::string caption_detailed = "Provide a detailed description for {}.";
  std::string describe =
      "Briefly describe this image and detect all mentioned objects. Answer with grounded object "
      "indexes.";
  std::string similar =
      "Using the provided object {} as a reference, identify all other objects of the same "
      "category in this image. Respond with object indexes.";
  std::string reason =
      "First thinks about the reasoning process in the mind and then provides the user with the "
      "answer. The reasoning process and answer are enclosed within <think> </think> and <answer> "
      "</answer> tags, respectively, i.e., <think> reasoning process here </think><answer> answer "
      "here </answer>. Please give a detailed reasoning process process and provide image regions "
      "that can help you answer the question better. {}";

  std::string label_separator = ", ";   // a, b, c
  std::string region_separator = ", ";  // <region0>, <region2> and <region3>
  std::string last_region_separator = " and ";
  std::int64_t ocr_regions_per_question = 0;  // 0: all regions in one question
};

// `wording` with `{}` replaced by `subject`, in which braces mean nothing.
std::string fill_in(const std::string& wording, const std::string& subject);

std::string join_labels(const std::vector<std::string>& labels, const TaskWording& wording);
std::string join_regions(const std::vector<std::int64_t>& regions, const TaskWording& wording,
                         const AnswerGrammar& grammar);

}  // namespace fo1
