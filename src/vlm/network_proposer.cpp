#include "vlm/network_proposer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "image/proposal_pixels.h"
#include "image/rgb_image.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

constexpr const char* kUseFile = "fo1_proposals.json";
constexpr const char* kWordingFile = "fo1_wording.safetensors";

// What there mostly is in a picture, for networks that must be told.
constexpr const char* kAnything[] = {"person",    "animal",   "vehicle", "furniture", "food",
                                     "plant",     "building", "tool",    "toy",       "device",
                                     "container", "clothing", "sign",    "text",      "object"};
constexpr const char* kAnyTask = "Detect all objects.";

// A number of the given range, where there is one.
template <class T>
void read_number(const JsonView& json, const char* key, T most, const char* expected,
                 std::optional<T>& value) {
  if (!json.has(key)) return;
  value = json.get<T>(key);
  if (!(*value >= 0 && *value <= most)) json.at(key).expected(expected);
}

void require_known_keys(const JsonView& json) {
  constexpr std::string_view kKnown[] = {"labels",    "task",    "label_ids", "task_ids", "prompts",
                                         "min_score", "max_iou", "min_side",  "most"};
  if (!json.is_object()) json.expected("an object");
  for (const std::string& key : json.keys()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown)) continue;
    json.at(key).expected(
        "one of the keys labels, task, label_ids, task_ids, prompts, min_score, "
        "max_iou, min_side, most");
  }
}

ProposalUse read_use(const std::string& folder) {
  ProposalUse use;
  const std::string path = join_path(folder, kUseFile);
  if (!file_exists(path)) return use;
  const Json parsed = load_json(path);
  const JsonView json(parsed, path);
  require_known_keys(json);
  using Words = std::vector<std::string>;
  use.labels = json.get_or("labels", Words());
  use.task = json.get_or("task", std::string());
  use.prompts = json.get_or("prompts", Words());
  use.task_ids = json.get_or("task_ids", use.task_ids);
  if (json.has("label_ids")) {
    const JsonView list = json.at("label_ids");
    if (!list.is_array() || list.size() == 0) list.expected("a list of lists of token ids");
    for (std::size_t i = 0; i < list.size(); ++i) {
      use.label_ids.push_back(list.at(i).get<std::vector<std::int64_t>>());
    }
  }
  constexpr double kLongest = 1e9;  // pixels, boxes
  read_number(json, "min_score", 1.0, "a number from 0 to 1", use.min_score);
  read_number(json, "max_iou", 1.0, "a number from 0 to 1", use.max_iou);
  read_number(json, "min_side", kLongest, "a number of pixels >= 0", use.min_side);
  read_number<std::int64_t>(json, "most", 1'000'000'000, "a number >= 0", use.most);
  return use;
}

std::string joined(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) text += (text.empty() ? "" : ", ") + label;
  return text;
}

// All ids of a prompt in one row, to tell whether kept vectors are still of the same words.
at::Tensor fingerprint(const ProposalPrompt& prompt) {
  std::vector<std::int64_t> ids = prompt.task;
  for (const auto& label : prompt.classes) {
    ids.push_back(-1);
    ids.insert(ids.end(), label.begin(), label.end());
  }
  return at::tensor(ids, at::kLong);
}

}  // namespace

std::shared_ptr<ProposalNetwork> load_network_form(const std::string& folder,
                                                   const JsonView& config,
                                                   const Placement& placement) {
  const std::string path = join_path(folder, "preprocessor_config.json");
  const Json preprocessor = file_exists(path) ? load_json(path) : Json::object();
  return make_proposal_network(config, {preprocessor, path}, placement);
}

std::unique_ptr<NetworkProposer> NetworkProposer::load(const std::string& folder,
                                                       const Placement& placement) {
  require_folder(folder, "folder of a proposal network");
  const std::string config_path = join_path(folder, "config.json");
  const Json config = load_json(config_path);
  std::unique_ptr<NetworkProposer> proposer(new NetworkProposer);
  proposer->folder_ = folder;
  proposer->placement_ = placement;
  proposer->use_ = read_use(folder);
  proposer->network_ = load_network_form(folder, {config, config_path}, placement);
  proposer->require_use();
  const Checkpoint checkpoint = Checkpoint::open(folder);
  proposer->network_->load(checkpoint);
  if (proposer->reads_labels() && file_exists(join_path(folder, "vocab.json"))) {
    proposer->tokenizer_ = ClipTokenizer::load(folder);
  }
  log(LogLevel::kInfo, folder, ": proposal network ", proposer->name(), " loaded, ",
      checkpoint.total_bytes() >> 20, " MiB of weights");
  return proposer;
}

// What the folder asks for must be something that the network can do.
void NetworkProposer::require_use() const {
  const bool words = !use_.labels.empty() || !use_.label_ids.empty() || !use_.task.empty();
  const std::string path = join_path(folder_, kUseFile);
  if (use_.label_ids.empty() != use_.task_ids.empty()) {
    fail(ErrorCode::kCorruptFile, path, ": expected label_ids and task_ids together");
  }
  if (!use_.task.empty() && use_.labels.empty()) {
    fail(ErrorCode::kCorruptFile, path, ": task is there without labels");
  }
  if (reads_labels() ? use_.prompts.empty() : !words) return;
  fail(ErrorCode::kCorruptFile, path, ": ", name(),
       reads_labels() ? " has no prompts, expected labels" : " reads no labels, expected prompts");
}

Selection NetworkProposer::selection(bool with_labels) const {
  Selection selection = network_->selection();
  selection.by_class = selection.by_class && with_labels;
  selection.min_score = use_.min_score.value_or(selection.min_score);
  selection.max_iou = use_.max_iou.value_or(selection.max_iou);
  selection.min_side = use_.min_side.value_or(selection.min_side);
  selection.most = use_.most.value_or(selection.most);
  return selection;
}

ProposalPrompt NetworkProposer::words_of(const std::vector<std::string>& labels,
                                         const std::string& task) const {
  if (!tokenizer_) {
    fail(ErrorCode::kNotFound, join_path(folder_, "vocab.json"),
         ": no such file; labels cannot be read without the tokenizer (vocab.json, merges.txt), "
         "but ",
         kUseFile, " may give them as label_ids and task_ids");
  }
  const auto most = static_cast<std::size_t>(network_->longest_text());
  ProposalPrompt prompt;
  for (const std::string& label : labels) prompt.classes.push_back(tokenizer_->encode(label, most));
  prompt.task = tokenizer_->encode(task.empty() ? cat("Detect ", joined(labels), ".") : task, most);
  return prompt;
}

ProposalPrompt NetworkProposer::own_words() const {
  if (!use_.label_ids.empty()) return {{}, use_.label_ids, use_.task_ids};
  if (!use_.labels.empty()) return words_of(use_.labels, use_.task);
  return words_of({std::begin(kAnything), std::end(kAnything)}, kAnyTask);
}

// The vectors that save_wording() kept, if they are of these words; else undefined ones.
ProposalQuery NetworkProposer::kept_query(const ProposalPrompt& words) const {
  const std::string path = join_path(folder_, kWordingFile);
  if (!file_exists(path)) return {};
  const auto file = SafetensorsFile::open(path);
  if (!at::equal(file->tensor("ids"), fingerprint(words))) {
    log(LogLevel::kWarning, path, ": of another wording, not used");
    return {};
  }
  const auto rows = [&](const char* name, std::size_t count) {
    const at::Tensor vectors = file->tensor(name);
    const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(count),
                                             network_->query_width()};
    if (vectors.sizes() != shape || !vectors.is_floating_point()) {
      fail(ErrorCode::kCorruptFile, path, ": ", name, " has shape ", vectors.sizes(), ", expected ",
           at::IntArrayRef(shape), " of floating point");
    }
    return vectors.to(placement_.options());
  };
  return {rows("classes", words.classes.size()), rows("task", words.task.size())};
}

ProposalQuery NetworkProposer::make_own_query() const {
  const ProposalPrompt words = own_words();
  const ProposalQuery kept = kept_query(words);
  return kept.classes.defined() ? kept : network_->read(words, Control::unlimited());
}

ProposalQuery NetworkProposer::query(const std::vector<std::string>& labels,
                                     const std::vector<std::string>& prompts,
                                     const Control& control) const {
  if (!reads_labels()) {
    if (!labels.empty()) {
      fail(ErrorCode::kInvalidArgument, name(), " reads no labels, got ", quoted(labels.front()));
    }
    return network_->read({prompts.empty() ? use_.prompts : prompts, {}, {}}, control);
  }
  if (!prompts.empty()) {
    fail(ErrorCode::kInvalidArgument, name(), " has no prompts, got ", quoted(prompts.front()),
         "; it looks for labels");
  }
  if (!labels.empty()) return network_->read(words_of(labels, ""), control);
  std::call_once(own_made_, [&] { own_query_ = make_own_query(); });
  return own_query_;
}

Candidates NetworkProposer::find(const Image& image, const ProposalQuery& query,
                                 const Control& control) const {
  control.step("propose");
  const at::Tensor pixels = proposal_pixels(rgb_tensor(image), network_->picture_rule());
  Candidates found = network_->propose(pixels.to(placement_.options()), query, control);
  const auto width = static_cast<float>(image.width()), height = static_cast<float>(image.height());
  found.boxes = found.boxes.to(at::kFloat) * at::tensor({width, height, width, height});
  if (!found.boxes.isfinite().all().item<bool>() || !found.scores.isfinite().all().item<bool>()) {
    fail(ErrorCode::kCorruptFile, folder_, ": ", name(),
         " gave boxes or scores that are not finite: its weights are broken");
  }
  return found;
}

void NetworkProposer::save_wording() const {
  if (!reads_labels()) {
    fail(ErrorCode::kUnsupported, folder_, ": ", name(), " reads no labels, so it has no wording");
  }
  const ProposalPrompt words = own_words();
  const ProposalQuery query = network_->read(words, Control::unlimited());
  write_safetensors(join_path(folder_, kWordingFile), {{"classes", query.classes.to(at::kFloat)},
                                                       {"task", query.task.to(at::kFloat)},
                                                       {"ids", fingerprint(words)}});
}

}  // namespace fo1
