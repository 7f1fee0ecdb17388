// The command that looks at a checkpoint folder.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/text.h"
#include "fo1/error.h"
#include "fo1/inspection.h"

namespace fo1::cli {
namespace {

struct Options {
  std::string folder;
  std::string json;
  bool run = false;
  ModelChoice model;  // how to load it for --run
};

std::string counted(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string stored_types(const Inspection& found) {
  std::string text;
  for (const auto& [dtype, count] : found.dtypes) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + dtype;
  }
  return text;
}

void print_head(const Inspection& found, std::ostream& out) {
  const char* kind = found.is_proposer   ? ", a proposal network"
                     : found.has_regions ? ""
                                         : ", without region modules (answers ask and chat only)";
  out << one_line(found.folder) << ": " << found.family << kind << '\n'
      << counted(found.files, "file") << ", " << counted(found.tensors, "tensor") << " ("
      << stored_types(found) << "), " << bytes_text(found.bytes) << "\n\n";
}

void print_parts(const Inspection& found, std::ostream& out) {
  Table table({"part", "parameters", "size"});
  for (const InspectedPart& part : found.parts) {
    table.add({part.name, count_text(part.parameters), bytes_text(part.bytes)});
  }
  table.print(out);
}

void print_settings(const Inspection& found, std::ostream& out) {
  Table table({"setting", "value"});
  for (const auto& [name, value] : found.settings) table.add({name, value});
  table.print(out);
}

void print_problems(const Inspection& found, std::ostream& out) {
  Table table({"problem", "tensor", "what"});
  for (const InspectedProblem& problem : found.problems) {
    table.add({problem.kind, problem.tensor, problem.what});
  }
  table.print(out);
}

void print_inspection(const Inspection& found, bool was_run, std::ostream& out) {
  print_head(found, out);
  print_parts(found, out);
  out << '\n';
  print_settings(found, out);
  out << "\nmemory (estimate): " << bytes_text(found.memory_float32) << " in float32, "
      << bytes_text(found.memory_bfloat16) << " in bfloat16\n";
  if (found.is_whole()) {
    out << "whole: every tensor is there and fits" << (was_run ? ", and it runs\n" : "\n");
    return;
  }
  out << '\n';
  print_problems(found, out);
}

void run(const Options& options) {
  require_place(options.json);
  set_log_level_of(options.model);
  Inspection found = inspect(options.folder);  // whose errors are told as such
  if (options.run) found = self_check(options.folder, options.model.load);
  if (options.json == "-") {
    std::cout << found.to_json(2) << '\n';
  } else {
    if (!options.json.empty()) write_text(options.json, found.to_json(2) + "\n");
    print_inspection(found, options.run, std::cout);
  }
  std::cout.flush();
  if (!found.is_whole()) {
    const auto count = static_cast<std::int64_t>(found.problems.size());
    throw Error(ErrorCode::kCorruptFile,
                options.folder + ": " + counted(count, "problem") + ", see the list");
  }
}

}  // namespace

Action declare_inspect(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("DIR", options->folder, "Folder of the checkpoint")->required()->type_name("");
  app.add_flag("--run", options->run,
               "Also load it and answer a question about a made-up\n"
               "picture: finds broken numbers, too");
  add_json_option(app, options->json);
  add_model_options(app, options->model);
  add_lora_option(app, options->model);
  app.footer(
      "Exit status 1 when a tensor is missing, unknown or of the wrong shape, or with --run when\n"
      "no answer comes out.\n\n"
      "Example:\n  fo1 inspect models/small --run");
  return [options] { run(*options); };
}

}  // namespace fo1::cli
