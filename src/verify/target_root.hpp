#pragma once
#include "tree/resolve.hpp"
#include "verify/facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::verify {

/// A root file system that was read: the image itself, or that of `--against`.
struct Root {
  const tree::Subject* subject = nullptr;
  const tree::Platform* platform = nullptr;
  const Collector* collector = nullptr;
};

/// What was kept of the files of a root, by path, as a process in it would open them.
class RootFiles {
 public:
  explicit RootFiles(const Root& root) : root_(root), resolver_(*root.subject, *root.platform) {}

  struct Object {
    std::string path;  ///< after its links; empty when there is none
    const ElfRecord* record = nullptr;
  };

  [[nodiscard]] Object object(std::string_view path) const;     ///< an ELF file that can be read
  [[nodiscard]] std::string text(std::string_view path) const;  ///< empty when there is none
  [[nodiscard]] bool exists(std::string_view path) const;
  /// Names directly in a directory, sorted.
  [[nodiscard]] std::vector<std::string> names(std::string_view directory) const;

 private:
  [[nodiscard]] const FileFacts* facts(tree::PathId path) const;

  const Root& root_;
  tree::Resolver resolver_;
};

}  // namespace rockstage::verify
