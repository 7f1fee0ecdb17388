#include "cli/command.h"

namespace fo1::cli {
namespace {

constexpr const char* kImage = "Questions about an image";
constexpr const char* kRegions = "Regions";
constexpr const char* kConversation = "Conversations";
constexpr const char* kMany = "Many at once";
constexpr const char* kFolder = "The model folder";

const Command kCommands[] = {
    {"detect", kImage, "everything with one of the given names", declare_image_task},
    {"ground", kImage, "the box that a phrase means", declare_image_task},
    {"count", kImage, "how many there are, and where", declare_image_task},
    {"ocr", kImage, "the text in regions", declare_image_task},
    {"caption", kImage, "what single regions show", declare_image_task},
    {"describe", kImage, "what the image shows, pointing at what is mentioned", declare_image_task},
    {"similar", kImage, "other objects of the same kind as a region", declare_image_task},
    {"reason", kImage, "a question answered with its reasoning", declare_image_task},
    {"ask", kImage, "any question in your own words", declare_image_task},
    {"propose", kRegions, "boxes around anything, without the language model", declare_propose},
    {"chat", kConversation, "answer the last message of a conversation", declare_chat},
    {"trace", kConversation, "answer a conversation and write every stage's tensors",
     declare_trace},
    {"batch", kMany, "answer a file of requests, one JSON object a line", declare_batch},
    {"label", kMany, "boxes for a folder of pictures, as COCO, YOLO or labelme", declare_label},
    {"tokenize", kMany, "text to token ids and back, line by line", declare_tokenize},
    {"inspect", kFolder, "what a checkpoint is, and whether it is whole", declare_inspect},
};

}  // namespace

std::span<const Command> all_commands() {
  return kCommands;
}

}  // namespace fo1::cli
