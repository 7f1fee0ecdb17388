#include "cli/answer_log.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/files.h"

namespace fo1::cli {
namespace fs = std::filesystem;
namespace {

bool has_content(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return !error && size > 0;
}

// The id of a good answer; none of a failure. Throws where the line is no answer.
std::optional<std::string> good_id(const std::string& text, const std::string& where) {
  const LineObject line(text, where);
  const bool good = line.boolean("ok");
  if (!good) return std::nullopt;
  return line.at("id").dump();
}

IdSet repair(const std::string& path) {
  std::ifstream old = open_text(path);
  WholeFile kept(path);
  IdSet ids = keep_answers(old, kept.stream(), path);
  kept.commit();
  return ids;
}

}  // namespace

IdSet keep_answers(std::istream& in, std::ostream& out, const std::string& where) {
  IdSet ids;
  std::string text;
  for (std::int64_t number = 1; std::getline(in, text); ++number) {
    const bool cut_off = in.eof();  // every complete line ends with a line break
    try {
      const auto id = good_id(text, where + ":" + std::to_string(number));
      if (id && ids.insert(*id).second) out << text << '\n';
    } catch (const Error& error) {
      if (!cut_off) {
        throw Error(ErrorCode::kCorruptFile,
                    std::string(error.what()) + "; this is no file of answers to continue");
      }
    }
  }
  return ids;
}

AnswerLog::AnswerLog(const std::string& path, bool resume) : path_(path) {
  if (has_content(path)) {
    if (!resume) {
      throw Error(ErrorCode::kInvalidArgument,
                  path + " has answers already: continue it with --resume, or remove it");
    }
    answered_ = repair(path);
  }
  file_.open(path, std::ios::binary | std::ios::app);
  if (!file_) {
    throw Error(ErrorCode::kNotFound, path + ": cannot be written: " + std::strerror(errno));
  }
}

bool AnswerLog::has_answer(const Json& id) const {
  return answered_.count(id.dump()) > 0;
}

void AnswerLog::add_answer(const Json& id, const Answer& answer) {
  const std::string line =
      "{\"id\":" + id.dump() + ",\"ok\":true,\"result\":" + answer.to_json() + "}";
  write(without_separators(line) + "\n");
}

void AnswerLog::add_failure(const Json& id, std::optional<std::int64_t> request_line,
                            const Error& error) {
  Json json = {{"id", id}, {"ok", false}};
  if (request_line) json["line"] = *request_line;
  json["error"] = error_json(error);
  write(line_of(json));
}

void AnswerLog::write(const std::string& line) {
  if (!(file_ << line << std::flush)) {
    throw Error(ErrorCode::kInternal, path_ + ": could not be written: " + std::strerror(errno));
  }
}

}  // namespace fo1::cli
