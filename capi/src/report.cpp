#include "capi/src/options.h"

namespace fo1::capi {

ReportObject::ReportObject(Inspection given)
    : inspection(std::move(given)), json(inspection.to_json()) {
  for (const InspectedProblem& problem : inspection.problems) {
    const std::string where = problem.tensor.empty() ? "" : problem.tensor + ": ";
    problems.push_back(problem.kind + ": " + where + problem.what);
  }
}

namespace {

std::int64_t memory_of(const Inspection& inspection, const std::string& dtype) {
  if (dtype == "float32") return inspection.memory_float32;
  if (dtype == "bfloat16" || dtype == "float16") return inspection.memory_bfloat16;
  refuse("dtype: expected float32, bfloat16 or float16, got " + dtype);
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_inspect(fo1_report** out, const char* folder) {
  return create(out, [&] { return ReportObject(inspect(required(folder, "folder"))); });
}

fo1_status fo1_self_check(fo1_report** out, const char* folder, const fo1_load_options* options) {
  return create(out, [&] {
    return ReportObject(
        self_check(required(folder, "folder"), load_options(read_options(options))));
  });
}

const char* fo1_report_json(const fo1_report* report) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return object_of(report)->json.c_str(); });
}

size_t fo1_report_problem_count(const fo1_report* report) {
  return value_or(size_t{0}, [&] { return object_of(report)->problems.size(); });
}

const char* fo1_report_problem(const fo1_report* report, size_t index) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return item(object_of(report)->problems, index, "problems").c_str(); });
}

int64_t fo1_report_memory(const fo1_report* report, const char* dtype) {
  return value_or(int64_t{0}, [&] {
    return memory_of(object_of(report)->inspection, text_or(dtype, "float32"));
  });
}

void fo1_report_free(fo1_report* report) {
  release(report);
}

}  // extern "C"
