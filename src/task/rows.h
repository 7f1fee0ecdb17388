// The two functions of each row of the task table, and what the readers share.
#pragma once

#include <cstdint>
#include <vector>

#include "task/task.h"

namespace fo1 {

using SubQuestions = std::vector<SubQuestion>;

// detect.cpp: phrases to boxes
SubQuestions plan_detect(const Question& question, const TaskContext& context);  // also ground
SubQuestions plan_similar(const Question& question, const TaskContext& context);
void read_detections(const Reply& reply, Answer& answer);
void read_similar(const Reply& reply, Answer& answer);

// count.cpp
SubQuestions plan_count(const Question& question, const TaskContext& context);
void read_count(const Reply& reply, Answer& answer);

// region_text.cpp: regions to words
SubQuestions plan_ocr(const Question& question, const TaskContext& context);
SubQuestions plan_caption(const Question& question, const TaskContext& context);
void read_region_texts(const Reply& reply, Answer& answer);

// grounded.cpp: prose with regions in it
SubQuestions plan_describe(const Question& question, const TaskContext& context);
SubQuestions plan_reason(const Question& question, const TaskContext& context);
SubQuestions plan_ask(const Question& question, const TaskContext& context);
void read_prose(const Reply& reply, Answer& answer);
void read_reason(const Reply& reply, Answer& answer);

}  // namespace fo1
