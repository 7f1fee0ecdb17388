// The command that labels a folder of pictures.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "cli/answer_log.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/label_files.h"
#include "cli/label_folder.h"
#include "cli/label_job.h"
#include "cli/label_log.h"
#include "cli/label_options.h"
#include "cli/pictures.h"
#include "cli/text.h"
#include "fo1/error.h"
#include "terminal/progress_bar.h"

namespace fo1::cli {
namespace {

RegionFinder load_finder(const LabelOptions& options, const Model& model) {
  RegionFinder finder(options.regions, options.model.load, model);
  if (!finder.proposes()) {
    throw Error(ErrorCode::kInvalidArgument, "no proposal network is chosen and none is in " +
                                                 model.folder() +
                                                 "; expected --proposals NAME:DIR");
  }
  return finder;
}

// Adds what was found before; returns the pictures that are left.
std::vector<Picture> continue_log(const std::string& path, const std::vector<Picture>& pictures,
                                  LabelFiles& files) {
  auto before = read_label_log(path);
  std::vector<Picture> left;
  for (const Picture& picture : pictures) {
    const auto found = before.find(picture.name);
    if (found == before.end()) {
      left.push_back(picture);
    } else {
      files.add(picture, std::move(found->second));
    }
  }
  return left;
}

void report(const LabelTally& tally, std::int64_t before, const Unasked& unasked) {
  if (unasked.boxes > 0) {
    std::cerr << "fo1: note: boxes left out, named otherwise than asked: " << unasked.boxes << " (";
    const char* between = "";
    for (const std::string& label : unasked.labels) {
      std::cerr << between << '"' << one_line(label) << '"';
      between = ", ";
    }
    std::cerr << ")\n";
  }
  std::cerr << tally.labelled << " labelled, " << tally.failed << " failed";
  if (before > 0) std::cerr << ", " << before << " labelled before";
  std::cerr << std::endl;
}

void run(const LabelOptions& options) {
  const std::vector<Picture> pictures =
      list_pictures(options.images, options.recursive, options.out);
  LabelFiles files(options, pictures);
  const LabelFolder out(options);
  const Model model = load_model(options.model);
  LabelJob job(options, model, load_finder(options, model));
  AnswerLog log = out.open_log();
  const std::vector<Picture> left = continue_log(out.log_path(), pictures, files);
  const auto total = static_cast<std::int64_t>(pictures.size());
  auto to_do = static_cast<std::int64_t>(left.size());
  const std::int64_t before = total - to_do;

  const CancelToken interrupted = catch_interrupts();
  {
    ProgressBar bar(total);
    bar.show(before);
    for (auto picture = left.begin(); picture != left.end() && !interrupted.cancelled();
         ++picture) {
      job.label(*picture, log, files, bar);
      bar.show(total - --to_do);
    }
  }
  files.finish();
  report(job.tally(), before, files.unasked());
  if (to_do > 0) {
    throw Error(ErrorCode::kCancelled,
                "interrupted with " + std::to_string(to_do) + " pictures left; --resume continues");
  }
}

// Names that make classes of their own.
void check_labels(const std::vector<std::string>& labels) {
  std::set<std::string> seen;
  for (const std::string& label : labels) {
    if (label.find_first_not_of(" \t\r\n") == std::string::npos) {
      throw CLI::ValidationError("--query", "expected a name, got nothing");
    }
    if (!seen.insert(label).second) {
      throw CLI::ValidationError("--query", "expected different names, got " + label + " twice");
    }
  }
}

std::string format_names() {
  std::string names;
  for (const LabelFormat& format : all_label_formats()) {
    names += std::string(names.empty() ? "" : ", ") + format.name;
  }
  return names;
}

void check_formats(std::vector<std::string>& formats) {
  if (formats.empty()) formats = {"coco"};
  for (const std::string& name : formats) {
    const auto all = all_label_formats();
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const LabelFormat& format) { return format.name == name; });
    if (known) continue;
    throw CLI::ValidationError("--format", "expected " + format_names() + ", got " + name);
  }
}

void add_options(CLI::App& app, LabelOptions& options) {
  add_model_folder(app, options.model.folder);
  app.add_option("--images", options.images, "The pictures: png, jpg, jpeg, webp, bmp")
      ->required()
      ->type_name("DIR");
  add_repeatable(app, "--query", options.labels, "A name of what to find; repeat for more")
      ->required()
      ->type_name("LABEL");
  app.add_option("--out", options.out, "Folder of the results; made if need be")
      ->required()
      ->type_name("DIR");
  add_repeatable(app, "--format", options.formats,
                 "coco (default), yolo or labelme; repeat for more")
      ->type_name("NAME");
  app.add_flag("--recursive", options.recursive, "Pictures in the folders below, too");
  app.add_flag("--draw", options.draw, "Write pictures with the boxes, to drawn/ in --out");
  app.add_option("--min-label-score", options.min_label_score,
                 "Leave out boxes with a lower score in the answer, 0 to 1\n"
                 "(default 0)")
      ->check(number_in(0, 1, "a number from 0 to 1"))
      ->type_name("S");
  app.add_flag("--resume", options.resume,
               "Continue: keep what is labelled, try what failed again,\n"
               "label what is left");
  add_proposer_options(app, options.regions);
  add_guided_option(app, options.regions);
  add_all_regions_option(app, options.regions);
  add_model_options(app, options.model);
  add_lora_option(app, options.model);
  add_generation_options(app, options.generation);
  app.parse_complete_callback([&options] {
    check_labels(options.labels);
    check_formats(options.formats);
  });
  app.footer(
      R"(Each picture is asked as `fo1 detect` asks. --out gets annotations.json (coco); labels,
images, classes.txt, data.yaml (yolo); labelme (labelme); answers.jsonl, the log of all answers.
A picture that cannot be read is skipped and told. Ctrl-C ends after the current one.

Example:
  fo1 label --model DIR --proposals upn:DIR --images photos --query car --query "traffic sign" \
      --out labelled --format coco --format yolo)");
}

}  // namespace

Action declare_label(CLI::App& app) {
  const auto options = std::make_shared<LabelOptions>();
  add_options(app, *options);
  return [options] { run(*options); };
}

}  // namespace fo1::cli
