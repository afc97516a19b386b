#include "base/text.hpp"
#include "digest/digest.hpp"
#include "elf/elf_file.hpp"
#include "verify/collect_content.hpp"
#include "verify/collect_scan.hpp"
#include "verify/collect_text.hpp"
#include "verify/facts.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace rockstage::verify {
namespace {

constexpr std::size_t kHead = 4096;   // bytes that decide what a file is
constexpr std::uint16_t kShared = 3;  // ET_DYN

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Names that a rule looks for; the rest is in the set of hashes.
bool is_telling_export(std::string_view name) {
  return name.starts_with("lua") || name.starts_with("_lua")
         || name.starts_with("__rustc_proc_macro_decls_") || name.starts_with("rust_metadata_");
}

/// What is done with the contents of one file: only the parts that are set.
struct Parts {
  std::optional<lua::CodeScanner> code;
  std::unique_ptr<elf::StreamReader> elf;
  SymbolSet symbols;                      ///< of `elf`
  std::vector<std::string> told_exports;  ///< those that rules ask for by name
  std::optional<LeakScanner> leaks;
  std::optional<MarkScanner> marks;
  std::optional<TextFinder> rust_library;
  std::optional<PackageNames> packages;
  std::optional<digest::Hasher> md5, sha256;
  std::optional<std::string> text;  ///< kMostText bytes at most
  bool keeps_text = false;          ///< a rule wants it; else only Lua's scanner does
  bool is_lua = false;

  [[nodiscard]] bool any() const {
    return elf || leaks || marks || rust_library || packages || md5 || sha256 || text;
  }

  void feed(std::span<const std::byte> piece) {
    const auto bytes = text_of(piece);
    if (elf) elf->feed(piece);
    if (code) code->data(piece);
    if (leaks) leaks->feed(bytes);
    if (marks) marks->feed(bytes);
    if (rust_library) rust_library->feed(bytes);
    if (packages) packages->feed(bytes);
    if (md5) md5->update(bytes);
    if (sha256) sha256->update(bytes);
    if (text) text->append(bytes.substr(0, kMostText - std::min(kMostText, text->size())));
  }
};

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_builder_script(std::string_view path, Content content, std::uint64_t size) {
  return content == Content::script && is_command(path) && size <= kMostWrapper;
}

void choose_elf_parts(const tree::PassingFile& file,
                      std::string_view head,
                      bool module,
                      Parts& parts) {
  if (module) parts.code.emplace();
  parts.elf = std::make_unique<elf::StreamReader>(
      file.entry.size, parts.code ? &*parts.code : nullptr, [&parts](std::string_view name) {
        parts.symbols.add(name);
        if (is_telling_export(name)) parts.told_exports.emplace_back(name);
      });
  // A static program has no PT_INTERP; it is told from a library by its mode and name.
  const bool may_be_program =
      is_program(head)
      || ((file.entry.mode & 0111) != 0 && file.path.find(".so") == std::string_view::npos);
  if (may_be_program) parts.marks.emplace();
}

/// What a LuaRocks tree's manifests list. In an image nothing else is worth the time.
bool is_listed(std::string_view path, const Wanted& wanted) {
  return !wanted.image || in_lua_directory(path)
         || path.find("lib/luarocks/") != std::string_view::npos;
}

bool is_script(std::string_view path, const Wanted& wanted) {
  return path.ends_with(".lua") && (!wanted.image || in_lua_directory(path));
}

void choose_parts(const tree::PassingFile& file,
                  std::string_view head,
                  Content content,
                  const Wanted& wanted,
                  Parts& parts) {
  const bool module = may_be_module(file.path, wanted.image);
  const bool small = file.entry.size <= kMostText;
  parts.is_lua = small && is_script(file.path, wanted);
  parts.keeps_text = keeps_text(file.path) && (small || file.path.ends_with("ld.so.cache"));
  if (parts.is_lua || parts.keeps_text) parts.text.emplace();

  if (content == Content::elf) choose_elf_parts(file, head, module, parts);
  if (content == Content::ar_archive) parts.rust_library.emplace("lib.rmeta/");
  if (const auto kind = package_database(file.path); kind != PackageDatabase::none)
    parts.packages.emplace(kind);
  if (module || parts.is_lua || is_builder_script(file.path, content, file.entry.size)
      || file.path.ends_with("manifest"))
    parts.leaks.emplace();
  if (wanted.md5 && is_listed(file.path, wanted)) parts.md5.emplace(digest::Algorithm::md5);
  if (wanted.sha256.contains(name_of(file.path))) parts.sha256.emplace(digest::Algorithm::sha256);
}

/// A name that rules judge together with what is in the file.
bool content_matters(std::string_view path) {
  for (const char* end :
       {".so", ".rs", ".d", ".rlib", ".rmeta", ".lua", "Cargo.toml", "Cargo.lock"})
    if (path.ends_with(end)) return true;
  return false;
}

/// `-----BEGIN … PRIVATE KEY-----` begins a line, and more than a line of key follows.
bool holds_private_key(std::string_view head) {
  for (std::size_t at = 0; (at = head.find("-----BEGIN ", at)) != std::string_view::npos; ++at) {
    if (at != 0 && head[at - 1] != '\n') continue;
    const auto line = head.substr(at, head.find('\n', at) - at);
    const auto rest = head.substr(at + line.size());
    if (text::trim(line).ends_with("PRIVATE KEY-----") && rest.size() > 64) return true;
  }
  return false;
}

/// What the first bytes give away.
std::vector<std::string> marks_of_head(std::string_view path,
                                       std::string_view head,
                                       Content content) {
  std::vector<std::string> marks;
  const bool readable = content == Content::text || content == Content::script;
  if (content == Content::text && holds_private_key(head)) marks.emplace_back("private-key");
  if (readable && path.ends_with("CACHEDIR.TAG")
      && head.find("directory tag created by cargo") != std::string_view::npos)
    marks.emplace_back("cargo-target");
  if (readable && path.ends_with(".d")) {
    const auto rule = head.substr(0, head.find('\n'));
    const auto colon = rule.find(": ");
    if (colon != std::string_view::npos && rule.find(".rs", colon) != std::string_view::npos)
      marks.emplace_back("dep-info");
  }
  if (content == Content::script && head.find("RUSTUP_UPDATE_ROOT") != std::string_view::npos)
    marks.emplace_back("rustup");
  return marks;
}

/// Of a library that modules only bring with them it is enough which versions it needs, and whether
/// strongly.
void drop_users(elf::ElfFacts& facts) {
  facts.undefined = {};
  if (facts.type != kShared || !facts.interpreter.empty()) facts.version_needs = {};
  for (auto& need : facts.version_needs) {
    if (need.strong_users.size() > 1) need.strong_users.resize(1);
    if (!need.strong_users.empty()) need.weak_users.clear();
    if (need.weak_users.size() > 1) need.weak_users.resize(1);
    need.strong_users.shrink_to_fit();
    need.weak_users.shrink_to_fit();
  }
  facts.version_needs.shrink_to_fit();
}

std::unique_ptr<ElfRecord> elf_record(Parts& parts, bool module) {
  auto record = std::make_unique<ElfRecord>();
  auto facts = parts.elf->finish();
  if (!facts) {
    record->malformed = true;
    record->problem = facts.error().message;
    return record;
  }
  record->facts = *std::move(facts);
  record->symbols = std::move(parts.symbols);
  record->symbols.seal();
  record->facts.exports = std::move(parts.told_exports);
  std::ranges::sort(record->facts.exports);
  if (parts.code) record->code = parts.code->finish();
  if (!module) drop_users(record->facts);
  return record;
}

void finish_parts(Parts& parts, bool module, FileFacts& facts) {
  if (parts.elf) facts.elf = elf_record(parts, module);
  if (parts.leaks) {
    parts.leaks->finish();
    facts.leaks = parts.leaks->take();
  }
  if (parts.marks) {
    parts.marks->finish();
    for (auto& mark : parts.marks->marks())
      facts.marks.push_back(std::move(mark));
  }
  if (parts.rust_library) {
    parts.rust_library->finish();
    if (parts.rust_library->found()) facts.marks.emplace_back("rust-library");
  }
  if (parts.md5) facts.md5 = parts.md5->hex();
  if (parts.sha256) facts.sha256 = parts.sha256->hex();
  if (parts.is_lua)
    facts.script = std::make_unique<lua::ScriptFacts>(lua::scan_script(*parts.text));
  if (parts.keeps_text) facts.text = *std::move(parts.text);
  if (parts.packages) facts.text = parts.packages->finish();
}

}  // namespace

Result<void> Collector::file(const tree::PassingFile& file, tree::ByteSource& content) {
  // Small pieces are joined until there is enough to say what the file is.
  std::string joined;
  RS_TRY_ASSIGN(auto piece, content.next());
  while (!piece.empty() && joined.size() + piece.size() < kHead) {
    joined += text_of(piece);
    RS_TRY_ASSIGN(piece, content.next());
  }
  if (!joined.empty()) {
    joined += text_of(piece);
    piece = std::as_bytes(std::span(joined));
  }
  const auto head = text_of(piece).substr(0, kHead);

  FileFacts facts;
  facts.content = classify(head);
  facts.interpreter = interpreter_of(head);
  facts.marks = marks_of_head(file.path, head, facts.content);
  facts.script_too_long = file.entry.size > kMostText && is_script(file.path, wanted_);
  Parts parts;
  choose_parts(file, head, facts.content, wanted_, parts);
  if (parts.any()) {
    while (!piece.empty()) {
      parts.feed(piece);
      RS_TRY_ASSIGN(piece, content.next());
    }
    finish_parts(parts, may_be_module(file.path, wanted_.image), facts);
  }
  const bool telling = parts.any() || !facts.marks.empty() || !facts.interpreter.empty()
                       || facts.content == Content::rust_metadata || content_matters(file.path);
  if (wanted_.image && !telling) return {};
  keep(file, std::move(facts));
  return {};
}

void Collector::keep(const tree::PassingFile& file, FileFacts facts) {
  auto kept = std::make_unique<FileFacts>(std::move(facts));
  const std::lock_guard lock(mutex_);
  facts_[file.listing][file.index] = std::move(kept);
}

}  // namespace rockstage::verify
