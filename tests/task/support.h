// Short ways to write questions, offered regions and errors.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "fo1/error.h"
#include "task/task.h"

namespace fo1::test {

// `count` regions with boxes that tell them apart.
inline std::vector<Region> offered_regions(std::size_t count) {
  std::vector<Region> regions(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto x = static_cast<double>(10 * i);
    regions[i].box = {x, 1, x + 8, 5};
  }
  return regions;
}

inline GeneratedText said(std::string text) {
  return {std::move(text), {}};
}

// The texts of a task's questions.
inline std::vector<std::string> plan(const Question& question, std::size_t offered,
                                     const TaskConfig& config = {}) {
  const std::vector<Region> regions = offered_regions(offered);
  std::vector<std::string> texts;
  for (const SubQuestion& sub :
       plan_questions(find_task(question.task), question, {regions, config})) {
    texts.push_back(sub.text);
  }
  return texts;
}

// The answer that a task reads from one reply to each of its questions.
inline Answer read(const Question& question, const std::vector<Region>& regions,
                   const std::vector<GeneratedText>& replies, const TaskConfig& config = {}) {
  const Task& task = find_task(question.task);
  const TaskContext context{regions, config};
  const std::vector<SubQuestion> asked = plan_questions(task, question, context);
  EXPECT_EQ(asked.size(), replies.size());
  Answer answer;
  answer.task = question.task;
  answer.query = question.query;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    read_reply(task, asked[i], replies.at(i), context, answer);
  }
  return answer;
}

inline Answer read(const Question& question, std::size_t offered, const std::string& text) {
  return read(question, offered_regions(offered), {said(text)});
}

inline std::string error_of(ErrorCode code, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "no error";
}

// What a test compares regions by.
inline std::vector<std::int64_t> indexes(const Grounding& grounding) {
  std::vector<std::int64_t> indexes;
  for (const NamedRegion& region : grounding.regions) indexes.push_back(region.index);
  return indexes;
}

}  // namespace fo1::test
