#pragma once
#include "tree/reader.hpp"
#include "verify/verify.hpp"

#include <string>
#include <vector>

namespace rockstage::verify::test {

/// A member of a tree or of a layer, in words.
struct Member {
  std::string path;
  std::string content;
  std::uint16_t mode = 0644;
  tree::EntryKind kind = tree::EntryKind::file;
  std::string target = {};  ///< of a link
  std::uint32_t uid = 0, gid = 0;
};

Member program(std::string path, std::string content);  ///< mode 0755
Member directory(std::string path, std::uint16_t mode = 0755);
Member link(std::string path, std::string target);

using Members = std::vector<Member>;

/// A subject that was never on disk: what a reader of archives would have made of these members.
class Bench final : public tree::TreeReader {
 public:
  tree::SubjectKind kind = tree::SubjectKind::directory;
  std::vector<Members> layers;
  tree::ImageConfig config;
  std::vector<std::string> created_by;  ///< of the layers
  Findings anomalies;                   ///< of the lowest layer
  Findings subject_anomalies;

  Result<tree::Subject> read(tree::Visitor& visitor, const tree::ReadOptions& options) override;
};

Bench bare_tree(Members members);
Bench image(std::vector<Members> layers);

/// A request by generic-luajit for linux/amd64.
Request request();

/// Fails the test when the bench cannot be judged.
Report judge(Bench& bench, const Request& request = test::request(), const Others& others = {});

/// The findings of one rule, over all platforms.
Findings found(const Report& report, const std::string& rule);
/// Their paths, in their order.
std::vector<std::string> paths(const Report& report, const std::string& rule);
std::vector<std::string> paths(Bench bench,
                               const std::string& rule,
                               const Request& request = test::request());

/// A program that holds this text in its data, found by its PT_INTERP or type.
std::string elf_program(const std::string& text);

}  // namespace rockstage::verify::test
