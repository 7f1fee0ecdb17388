#include "cli/label_folder.h"

#include "cli/files.h"
#include "cli/label_files.h"
#include "cli/label_settings.h"
#include "fo1/error.h"

namespace fo1::cli {

LabelFolder::LabelFolder(const LabelOptions& options)
    : options_(options), settings_(settings_of(options)) {
  const std::string earlier = settings_path();
  if (same_place(options.out, options.images)) {
    throw Error(ErrorCode::kInvalidArgument,
                options.out + ": --out must be another folder than --images");
  }
  if (!is_there(earlier)) {
    require_room(options);
  } else if (options.resume) {
    require_same_settings(LineObject(read_text(earlier), earlier).json(), settings_, earlier);
  } else {
    throw Error(ErrorCode::kInvalidArgument,
                options.out +
                    " has results already: continue them with --resume, or choose "
                    "another --out");
  }
}

AnswerLog LabelFolder::open_log() const {
  make_folder(options_.out);
  if (!is_there(settings_path())) write_text(settings_path(), settings_.dump(2) + "\n");
  return {log_path(), options_.resume};
}

std::string LabelFolder::path_of(const std::string& name) const {
  return resolve(options_.out, name);
}

}  // namespace fo1::cli
