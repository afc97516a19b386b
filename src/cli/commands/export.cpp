#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/export_options.hpp"
#include "cli/export_rock.hpp"
#include "cli/export_sbom.hpp"
#include "emit/provenance.hpp"
#include "rock/layout.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <ostream>
#include <thread>

namespace rockstage::cli {
namespace {

constexpr const char* kMetadata = "lib/luarocks";
constexpr const char* kChecksumSuffix = ".sha256";
constexpr const char* kSbomSuffix = ".cdx.json";
constexpr const char* kProvenanceSuffix = ".provenance.json";

/// A file that lies beside the archive, which is written first: what its name adds, and its text.
struct Companion {
  std::string suffix;
  std::string text;
};

class FileSink final : public archive::ByteSink {
 public:
  explicit FileSink(sys::OutputFile& file) : file_(file) {}

  Result<void> write(std::span<const std::byte> bytes) override { return file_.write(bytes); }

 private:
  sys::OutputFile& file_;
};

class StreamSink final : public archive::ByteSink {
 public:
  explicit StreamSink(std::ostream& out) : out_(out) {}

  Result<void> write(std::span<const std::byte> bytes) override {
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (out_.good()) return {};
    reader_is_gone_ = errno == EPIPE;
    return fail(Errc::io, "cannot write to standard output");
  }

  [[nodiscard]] bool reader_is_gone() const { return reader_is_gone_; }

 private:
  std::ostream& out_;
  bool reader_is_gone_ = false;
};

/// What goes into the archive, and where that goes.
struct Export {
  ExportOptions options;
  archive::Snapshot tree;
  archive::WriteRequest request;
  MemberDigests digests;  ///< with --sbom, once the archive is written
  std::string file;       ///< empty for standard output
};

bool is_metadata(std::string_view path) {
  return path == kMetadata || path.starts_with(std::string(kMetadata) + "/");
}

Result<std::vector<archive::OutputMember>> tree_members(const Export& work) {
  const auto& entries = work.tree.entries;
  // A `lib` that holds nothing but the metadata goes with it.
  const bool only_metadata =
      std::ranges::all_of(entries,
                          [](const sys::WalkEntry& entry) {
                            return !entry.path.starts_with("lib/") || is_metadata(entry.path);
                          })
      && std::ranges::any_of(entries, is_metadata, &sys::WalkEntry::path);
  RS_TRY_ASSIGN(auto members, archive::members_of(work.tree, [&](std::string_view path) {
                  if (work.options.with_metadata) return true;
                  return !is_metadata(path) && (path != "lib" || !only_metadata);
                }));
  if (!work.options.prefix.empty())
    for (auto& member : members)
      member.name.insert(0, work.options.prefix + "/");
  if (!members.empty()) return members;
  return fail(
      Errc::invalid_input,
      fmt::format("there is nothing to export in '{}'", work.options.tree),
      entries.empty() ? "" : "--with-metadata exports what LuaRocks knows of the rocks, too");
}

/// The wrappers in bin/ start what lies in lib/luarocks.
void warn_of_commands(const Export& work, Diagnostics& diagnostics) {
  const auto& entries = work.tree.entries;
  const auto is_original = [](const sys::WalkEntry& entry) {
    const auto parts = text::split(entry.path, '/');  // lib/luarocks/rocks-V/NAME/VERSION/bin/FILE
    return parts.size() == 7 && is_metadata(entry.path) && parts[5] == rock::kBinDir;
  };
  const auto found = std::ranges::find_if(entries, is_original);
  if (found == entries.end() || work.options.with_metadata) return;
  diagnostics.warning(fmt::format("the command {} will not run: it needs {}, which is left out",
                                  sys::join(rock::kBinDir, sys::base_name(found->path)),
                                  found->path),
                      "--with-metadata exports lib/luarocks, too");
}

/// Fills members and file.
Result<void> choose_members(Export& work, Diagnostics& diagnostics) {
  const auto& options = work.options;
  const bool needs_name = options.place == ExportOptions::Place::directory;
  std::optional<ExportedRock> rock;
  if (options.form.is_rock || needs_name) {
    RS_TRY_ASSIGN(rock, choose_exported_rock(options, diagnostics));
  }
  if (options.place != ExportOptions::Place::standard_output) work.file = options.output;
  if (!options.form.is_rock) {
    if (needs_name) work.file = sys::join(options.output, archive_name(*rock, options.form));
    RS_TRY_ASSIGN(work.request.members, tree_members(work));
    warn_of_commands(work, diagnostics);
    return {};
  }
  RS_TRY_ASSIGN(work.request.members, binary_rock_members(work.tree, *rock));
  RS_TRY_ASSIGN(const auto name, binary_rock_name(*rock, work.request.members));
  if (needs_name)
    work.file = sys::join(options.output, name);
  else if (!work.file.empty() && sys::base_name(work.file) != name)
    diagnostics.note(fmt::format("LuaRocks installs this rock under the name {} only", name),
                     "--output DIR/ chooses that name");
  return {};
}

Result<void> check_output(const Export& work) {
  if (work.file.empty()) return {};
  const auto directory = sys::absolute(sys::parent(work.file));
  const auto tree = sys::absolute(work.options.tree);
  if (directory == tree || directory.starts_with(tree + "/"))
    return fail(Errc::usage,
                fmt::format("--output '{}' lies in the tree that is exported", work.file),
                "name a file outside the tree");
  return {};
}

/// "FILE.sha256" as `sha256sum --check` reads it: a backslash in front says that the name is
/// escaped.
std::string checksum_line(const std::string& sha256, const std::string& name) {
  auto escaped = text::replace_all(name, "\\", "\\\\");
  escaped = text::replace_all(escaped, "\n", "\\n");
  escaped = text::replace_all(escaped, "\r", "\\r");
  return fmt::format("{}{}  {}\n", escaped == name ? "" : "\\", sha256, escaped);
}

/// What the names of the files beside the archive add to its own.
std::vector<std::string> companion_suffixes(const Export& work) {
  if (!work.options.sbom) return {kChecksumSuffix};
  return {kChecksumSuffix, kSbomSuffix, kProvenanceSuffix};
}

/// What lies beside the archive.
Result<std::vector<Companion>> companions(const Export& work,
                                          const archive::Written& written,
                                          Diagnostics& diagnostics) {
  const auto name = sys::base_name(work.file);
  std::vector<Companion> out = {{kChecksumSuffix, checksum_line(written.sha256, name)}};
  if (!work.options.sbom) return out;
  RS_TRY_ASSIGN(
      auto shipment,
      shipment_of(work.options, work.tree, work.request.members, work.digests, diagnostics));
  shipment.archive = name;
  shipment.sha256 = written.sha256;
  RS_TRY_ASSIGN(auto bill, emit::cyclonedx(shipment));
  RS_TRY_ASSIGN(auto statement, emit::provenance(shipment));
  out.push_back({kSbomSuffix, std::move(bill)});
  out.push_back({kProvenanceSuffix, std::move(statement)});
  return out;
}

/// The archive and what lies beside it become visible when all of it is on the disk; the archive
/// last.
Result<archive::Written> write_files(const Export& work, Diagnostics& diagnostics) {
  const auto existing =
      work.options.force ? sys::OutputFile::Existing::replace : sys::OutputFile::Existing::refuse;
  if (work.options.place == ExportOptions::Place::directory)
    RS_TRY(sys::make_directories(work.options.output));
  RS_TRY_ASSIGN(auto file, sys::OutputFile::create(work.file, existing));
  const bool has_companions = file.is_regular();
  if (!has_companions && work.options.sbom)
    return fail(
        Errc::usage,
        fmt::format("--sbom writes beside the archive, and '{}' is a device or a FIFO", work.file),
        "name a file with --output");
  // That a name is taken should not be found out after a long export.
  if (has_companions)
    for (const auto& suffix : companion_suffixes(work))
      RS_TRY(sys::OutputFile::create(work.file + suffix, existing));

  FileSink sink(file);
  RS_TRY_ASSIGN(auto written, archive::write_archive(work.request, sink));
  std::vector<Companion> beside_it;
  if (has_companions) {
    RS_TRY_ASSIGN(beside_it, companions(work, written, diagnostics));
  }
  RS_TRY(archive::check_unchanged(work.tree));
  std::vector<sys::OutputFile> files;
  for (const auto& companion : beside_it) {
    RS_TRY_ASSIGN(auto beside, sys::OutputFile::create(work.file + companion.suffix, existing));
    RS_TRY(beside.write(std::as_bytes(std::span(companion.text))));
    files.push_back(std::move(beside));
  }
  files.push_back(std::move(file));
  for (auto& each : files)
    RS_TRY(each.sync());
  RS_TRY(sys::check_interrupted());
  for (auto& each : files)
    RS_TRY(each.publish());
  return written;
}

/// A reader that goes away ends it quietly.
Result<Outcome> write_to_stdout(const Export& work, Io& io) {
  StreamSink sink(io.out);
  const auto written = archive::write_archive(work.request, sink);
  if (sink.reader_is_gone()) {
    io.out.clear();
    return Outcome{};
  }
  if (!written) return tl::unexpected<Error>(written.error());
  RS_TRY(archive::check_unchanged(work.tree));
  return Outcome{};
}

void show_progress(archive::WriteRequest& request, sys::Progress& progress) {
  request.progress = [&progress](std::uint64_t done, std::uint64_t total, const std::string& name) {
    constexpr unsigned kMegabyte = 20;
    progress.update(done >> kMegabyte, total >> kMegabyte, name);
  };
}

Outcome describe(const Export& work, const archive::Written& written) {
  Outcome outcome;
  outcome.data = {{"file", work.file},
                  {"sha256", written.sha256},
                  {"tar_sha256", nullptr},
                  {"bytes", written.bytes},
                  {"entries", work.request.members.size()}};
  if (!written.tar_sha256.empty()) outcome.data["tar_sha256"] = written.tar_sha256;
  outcome.text = fmt::format("{}: {} entries, {} bytes, sha256 {}\n",
                             text::escape_for_terminal(work.file),
                             work.request.members.size(),
                             written.bytes,
                             written.sha256);
  return outcome;
}

}  // namespace

Result<Outcome> command_export(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  Export work;
  RS_TRY_ASSIGN(work.options, export_options(invocation, io));
  RS_TRY_ASSIGN(work.tree, archive::take_snapshot(work.options.tree));
  RS_TRY(choose_members(work, diagnostics));
  RS_TRY(check_output(work));
  work.request.form = work.options.form.archive;
  work.request.time = work.options.time;
  work.request.jobs = std::max(1U, std::thread::hardware_concurrency());
  io.progress.step("writing " + (work.file.empty() ? "to standard output" : work.file));
  show_progress(work.request, io.progress);
  if (work.options.sbom)
    work.request.digested = [&work](const archive::OutputMember& member, std::string sha256) {
      work.digests[member.name] = std::move(sha256);
    };
  if (work.options.place == ExportOptions::Place::standard_output) return write_to_stdout(work, io);
  RS_TRY_ASSIGN(const auto written, write_files(work, diagnostics));
  return describe(work, written);
}

}  // namespace rockstage::cli
