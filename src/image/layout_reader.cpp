#include "image/layout_reader.hpp"

#include "archive/stream.hpp"
#include "base/text.hpp"
#include "image/assemble.hpp"
#include "image/layer_reader.hpp"
#include "sys/open_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>

namespace rockstage::image {
namespace {

/// The file `place` below `root`; on the way too no link is followed.
Result<sys::InputFile> open_below(const sys::Directory& root, const std::string& place) {
  const auto slash = place.find('/');
  if (slash == std::string::npos) return root.file(place);
  RS_TRY_ASSIGN(const auto directory, root.directory(place.substr(0, slash)));
  return open_below(directory, place.substr(slash + 1));
}

class LayoutDocuments final : public Documents {
 public:
  LayoutDocuments(const sys::Directory& root, std::size_t most) : root_(root), most_(most) {}

  Result<std::string> text(const std::string& place) override {
    RS_TRY_ASSIGN(auto file, open_below(root_, place));
    const auto source = archive::stream_of(std::move(file));
    std::string text;
    for (;;) {
      RS_TRY_ASSIGN(const auto piece, source->next());
      if (piece.empty()) return text;
      text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      if (text.size() > most_)
        return fail(Errc::invalid_input,
                    fmt::format("'{}' has more than the limit of {} bytes", place, most_),
                    "no ordinary image needs so much; do not trust it");
    }
  }

 private:
  const sys::Directory& root_;
  std::size_t most_;
};

struct Outcome {
  bool there = true;
  std::optional<Error> failure;
};

Outcome read_one(const sys::Directory& root,
                 const std::string& place,
                 Sink& sink,
                 std::size_t listing) {
  auto file = open_below(root, place);
  if (!file && file.error().code == Errc::not_found) return {.there = false, .failure = {}};
  if (!file) return {.there = true, .failure = std::move(file).error()};
  const auto source = archive::stream_of(*std::move(file));
  auto read = read_layer(*source, sink, listing, algorithm_of(place));
  return {.there = true, .failure = read ? std::optional<Error>() : std::move(read).error()};
}

class LayoutReader final : public tree::TreeReader {
 public:
  explicit LayoutReader(std::string path) : path_(std::move(path)) {}

  Result<tree::Subject> read(tree::Visitor& visitor, const tree::ReadOptions& options) override {
    RS_TRY_ASSIGN(const auto root, sys::Directory::open(path_));
    LayoutDocuments documents(root, options.limits.json_bytes);
    auto plan = plan_oci(documents, options.limits);
    if (!plan && plan.error().code == Errc::not_found)
      return fail(Errc::invalid_input,
                  fmt::format("'{}' has an oci-layout file, but no index.json",
                              text::escape_for_terminal(path_)),
                  "write the layout again, or name it as dir: to judge it as a directory");
    if (!plan) return tl::unexpected<Error>(std::move(plan).error());
    RS_TRY(select_platform(*plan, options.platform));
    tree::Subject subject;
    Budget budget;
    Sink sink{subject, visitor, options, budget};
    RS_TRY_ASSIGN(const auto layers, read_layers(root, *plan, sink));
    assemble(*std::move(plan), layers, subject);
    return subject;
  }

 private:
  static Result<ReadLayers> read_layers(const sys::Directory& root, const Plan& plan, Sink& sink);

  std::string path_;
};

Result<ReadLayers> LayoutReader::read_layers(const sys::Directory& root,
                                             const Plan& plan,
                                             Sink& sink) {
  std::set<std::string> wanted;
  for (const auto& image : plan.images)
    for (const auto& ref : image.layers)
      wanted.insert(ref.place);
  const std::vector<std::string> places(wanted.begin(), wanted.end());
  sink.subject.listings.resize(places.size());
  std::vector<Outcome> outcomes(places.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (auto i = next++; i < places.size(); i = next++)
      outcomes[i] = read_one(root, places[i], sink, i);
  };
  const auto count = std::min<std::size_t>(std::max(1U, sink.options.jobs), places.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < count; ++i)
    threads.emplace_back(work);
  work();
  for (auto& thread : threads)
    thread.join();
  ReadLayers layers;
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto& outcome = outcomes[i];
    if (outcome.failure && outcome.failure->code == Errc::interrupted)
      return tl::unexpected<Error>(*std::move(outcome.failure));
    // One that is not there is for assemble() to tell.
    if (outcome.there) layers[places[i]] = {.listing = i, .failure = std::move(outcome.failure)};
  }
  return layers;
}

}  // namespace

std::unique_ptr<tree::TreeReader> open_layout(std::string path) {
  return std::make_unique<LayoutReader>(std::move(path));
}

}  // namespace rockstage::image
