// The commands that ask one question about one image.
#include "cli/image_task.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/regions.h"
#include "cli/show.h"
#include "fo1/draw.h"
#include "fo1/time_limit.h"

namespace fo1::cli {
namespace {

struct ImageTask {
  const char* name;
  const char* query;  // what --query means; null: the task takes none
  bool query_required;
  const char* regions;  // what --region means; null: the task takes none
  const char* example;  // the end of a command line
};

constexpr const char* kRegionsToRead =
    "Region (its index) to ask about; repeat for more. Default: all";

const ImageTask kImageTasks[] = {
    {"detect", "A name of what to find; repeat for more", true, nullptr,
     "--boxes boxes.json \\\n      --query \"red circle\" --query square --draw found.png"},
    {"ground", "The phrase", true, nullptr, "--boxes boxes.json --query \"the man with a hat\""},
    {"count", "The name of what to count", true, nullptr, "--boxes boxes.json --query apple"},
    {"ocr", nullptr, false, kRegionsToRead, "--boxes boxes.json --region 0 --region 3"},
    {"caption", "\"brief\" (default) or \"detailed\"", false, kRegionsToRead,
     "--boxes boxes.json --region 2 --detailed"},
    {"describe", nullptr, false, nullptr, "--boxes boxes.json --draw described.png"},
    {"similar", nullptr, false, "The region (its index) whose like is wanted",
     "--boxes boxes.json --region 4"},
    {"reason", "The question", true, nullptr,
     "--boxes boxes.json --query \"What opens the bottle?\""},
    {"ask", "The question", true, nullptr, "--query \"What is written on the sign?\" --stream"},
};

// Tasks whose query says what proposers may look for.
constexpr std::array<std::string_view, 3> kNamingTasks = {"detect", "ground", "count"};

const ImageTask* find_image_task(const std::string& name) {
  for (const ImageTask& task : kImageTasks) {
    if (task.name == name) return &task;
  }
  return nullptr;
}

struct Options {
  ModelChoice model;
  Generation generation;
  ResultPlaces result;
  std::string draw;
  std::string image;
  RegionChoice regions;
  Question question;
  bool detailed = false;
};

void add_question(CLI::App& app, const ImageTask& task, Question& question, bool& detailed) {
  if (task.query) {
    CLI::Option* query = add_repeatable(app, "--query", question.query, task.query)
                             ->type_name("TEXT")
                             ->required(task.query_required);
    if (task.name == std::string("caption")) {
      app.add_flag("--detailed", detailed, "Long captions; the same as --query detailed")
          ->excludes(query);
    }
  }
  if (task.regions) {
    app.add_option("--region", question.regions, task.regions)
        ->type_name("N")
        ->allow_extra_args(false);
  }
}

void add_options(CLI::App& app, const ImageTask& task, Options& options) {
  add_model_folder(app, options.model.folder);
  app.add_option("--image", options.image, "The picture: PNG, JPEG, ...")
      ->required()
      ->type_name("FILE");
  add_question(app, task, options.question, options.detailed);
  add_boxes_option(app, options.regions);
  add_proposer_options(app, options.regions);
  if (names_objects(task.name)) add_guided_option(app, options.regions);
  add_all_regions_option(app, options.regions);
  add_model_options(app, options.model);
  add_lora_option(app, options.model);
  add_generation_options(app, options.generation);
  add_result_options(app, options.result);
  add_draw_option(app, options.draw, "Write the picture with the boxes of the answer (.png, .jpg)");
  app.footer(std::string("Example:\n  fo1 ") + task.name + " --model DIR --image photo.jpg " +
             task.example);
}

void run(const Options& options) {
  AnswerWriter writer(options.result);
  require_place(options.draw);
  const Image image = Image::load(options.image);
  std::optional<std::vector<Region>> given = load_boxes(options.regions);
  const Model model = load_model(options.model);
  const RegionFinder finder(options.regions, options.model.load, model);

  const TimeLimit limit(options.generation.deadline_seconds, catch_interrupts());
  Proposals proposals =
      finder.find(image, std::move(given), options.question.query, limit.remaining());
  Scene scene = model.scene(image, std::move(proposals), limit.remaining());
  AskOptions asking = ask_options(options.generation, limit.remaining());
  asking.all_regions = options.regions.all_regions;
  asking.on_token = writer.on_token();
  const Answer answer = scene.ask(options.question, asking);
  writer.write(answer);
  if (!options.draw.empty()) draw_answer(image, answer, scene.regions(), options.draw);
}

}  // namespace

bool is_image_task(const std::string& name) {
  return find_image_task(name) != nullptr;
}

bool names_objects(const std::string& task) {
  return std::find(kNamingTasks.begin(), kNamingTasks.end(), task) != kNamingTasks.end();
}

std::string image_task_names() {
  std::string names;
  for (const ImageTask& task : kImageTasks) {
    names += std::string(names.empty() ? "" : ", ") + task.name;
  }
  return names;
}

Action declare_image_task(CLI::App& app) {
  const ImageTask& task = *find_image_task(app.get_name());
  const auto options = std::make_shared<Options>();
  options->question.task = task.name;
  add_options(app, task, *options);
  return [options] {
    if (options->detailed) options->question.query = {"detailed"};
    run(*options);
  };
}

}  // namespace fo1::cli
