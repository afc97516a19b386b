#include "image/open.hpp"

#include "base/rules.hpp"
#include "support/image_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <mutex>
#include <sstream>

namespace rockstage::image {
namespace {

using test::ImageBuilder;
using test::ImageLayer;
using test::LayerForm;
using test::TarBuilder;
using Texts = std::vector<std::string>;

/// Keeps the contents that pass, by listing and path.
class Recorder final : public tree::Visitor {
 public:
  std::map<std::pair<std::size_t, std::string>, std::string> contents;

  Result<void> file(const tree::PassingFile& file, tree::ByteSource& content) override {
    std::string bytes;
    for (;;) {
      RS_TRY_ASSIGN(const auto piece, content.next());
      if (piece.empty()) break;
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    const std::lock_guard lock(mutex_);
    contents[{file.listing, std::string(file.path)}] = bytes;
    return {};
  }

 private:
  std::mutex mutex_;
};

class World {
 public:
  Recorder recorder;
  tree::ReadOptions options;

  Result<std::unique_ptr<tree::TreeReader>> open(const std::string& subject) {
    return open_subject(subject, io_);
  }

  Result<tree::Subject> read(const std::string& subject) {
    RS_TRY_ASSIGN(const auto reader, open(subject));
    return reader->read(recorder, options);
  }

  /// An archive of `bytes`.
  Result<tree::Subject> read_bytes(const std::string& bytes) {
    test::put(file(), bytes);
    return read(file());
  }

  /// A layout of `files`.
  Result<tree::Subject> read_layout(const std::map<std::string, std::string>& files) {
    for (const auto& [name, body] : files)
      test::put(scratch_.path() + "/layout/" + name, body);
    return read(scratch_.path() + "/layout");
  }

  std::string file() const { return scratch_.path() + "/subject"; }

  std::string directory() const { return scratch_.path(); }

 private:
  sys::TempDir scratch_ = test::temp_dir();
  test::FakeProcessRunner processes_;
  test::FakeTerminal terminal_;
  sys::Progress progress_{terminal_, sys::ProgressMode::off};
  std::ostringstream out_;
  Io io_{processes_, {}, terminal_, progress_, out_};
};

Texts seen(const tree::Subject& subject, std::size_t platform = 0) {
  Texts out;
  for (const auto& node : subject.platforms.at(platform).view.nodes())
    out.push_back(subject.paths->text(node.path));
  return out;
}

Texts messages(const tree::Subject& subject) {
  Texts out;
  for (const auto& platform : subject.platforms)
    for (const auto& finding : platform.anomalies) {
      CHECK(finding.rule == rules::image_digest);
      out.push_back(finding.message);
    }
  return out;
}

TarBuilder lower() {
  return TarBuilder().directory("usr/").file("usr/a", "lower").file("usr/b", "gone");
}

TarBuilder upper() {
  return TarBuilder().directory("usr/").file("usr/.wh.b", "").file("usr/c", "upper");
}

ImageBuilder image() {
  return ImageBuilder().layer(lower()).layer(upper());
}

const Texts kMerged{"usr", "usr/a", "usr/c"};

TEST_CASE("image: every form of one image shows the same tree", "[image]") {
  World world;
  Result<tree::Subject> subject;
  tree::SubjectKind kind{};
  SECTION("docker save up to 24") {
    subject = world.read_bytes(image().docker_legacy());
    kind = tree::SubjectKind::docker_archive;
  }
  SECTION("podman") {
    subject = world.read_bytes(image().podman());
    kind = tree::SubjectKind::docker_archive;
  }
  SECTION("docker save from 25 on, blobs first") {
    subject = world.read_bytes(image().docker25());
    kind = tree::SubjectKind::oci_archive;
  }
  SECTION("OCI archive, compressed as a whole") {
    subject = world.read_bytes(test::gzip_stored(test::tar_of(ImageBuilder::oci({image()}))));
    kind = tree::SubjectKind::oci_archive;
  }
  SECTION("OCI layout, read by several threads") {
    world.options.jobs = 4;
    subject = world.read_layout(ImageBuilder::oci({image()}));
    kind = tree::SubjectKind::oci_layout;
  }
  REQUIRE(subject);
  CHECK(subject->kind == kind);
  CHECK_FALSE(subject->incomplete);
  CHECK(seen(*subject) == kMerged);
  CHECK(messages(*subject).empty());
  const auto& platform = subject->platforms.at(0);
  CHECK(platform.name == "linux/amd64");
  CHECK(platform.layers.at(1).created_by == "COPY 1");
  CHECK(platform.config->labels.front().first == "a");
  CHECK(platform.config->history.size() == 3);
  CHECK(platform.view.hidden().size() == 1);
  CHECK(subject->digest.starts_with("sha256:"));
  CHECK(world.recorder.contents.at({platform.layers[1].listing, "usr/c"}) == "upper");
}

TEST_CASE("image: a layer that comes twice is read once", "[image]") {
  World world;
  const auto subject = world.read_bytes(image().layer(lower()).docker_legacy());
  REQUIRE(subject);
  const auto& layers = subject->platforms.at(0).layers;
  CHECK(layers.at(0).listing == layers.at(2).listing);
  CHECK(messages(*subject).empty());
}

TEST_CASE("image: each layer has a compression of its own", "[image]") {
  World world;
  auto builder = ImageBuilder()
                     .layer({.tar = lower().str(), .form = LayerForm::gzip})
                     .layer({.tar = upper().str(), .form = LayerForm::zstd});
  const auto subject = world.read_layout(ImageBuilder::oci({builder.layer(TarBuilder())}));
  REQUIRE(subject);
  CHECK(seen(*subject) == kMerged);
  CHECK(messages(*subject).empty());
}

TEST_CASE("image: a media type that lies is a note", "[image]") {
  World world;
  const auto builder =
      ImageBuilder().layer({.tar = lower().str(),
                            .form = LayerForm::zstd,
                            .media_type = "application/vnd.docker.image.rootfs.diff.tar.gzip"});
  const auto subject = world.read_layout(ImageBuilder::oci({builder}));
  REQUIRE(subject);
  CHECK(messages(*subject) == Texts{"layer 0 says gzip, is zstd"});
  CHECK(subject->platforms[0].anomalies[0].severity == Severity::note);
}

TEST_CASE("image: what does not match what the image says is a finding", "[image]") {
  World world;
  ImageLayer layer{.tar = lower().str()};
  std::string message;
  SECTION("size") {
    layer.size = 1;
    message = "layer 0 has 3584 bytes, and the manifest says 1";
  }
  SECTION("digest") {
    layer.digest = "sha256:" + std::string(64, '0');
    message = "layer 0 does not have its digest";
  }
  SECTION("diffID") {
    layer.diff_id = "sha256:" + std::string(64, '0');
    message = "layer 0 does not have the diffID of the configuration";
  }
  SECTION("a blob that is not there") {
    layer.missing = true;
    message = "layer 0 is not in the image";
  }
  SECTION("a foreign layer") {
    layer.missing = true;
    layer.media_type = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    message = "layer 0 is not part of the image by its media type";
  }
  const auto files = ImageBuilder::oci({ImageBuilder().layer(layer)});
  const auto directory = world.read_layout(files);
  REQUIRE(directory);
  CHECK(messages(*directory) == Texts{message});
  const auto archive = world.read_bytes(test::tar_of(files));
  REQUIRE(archive);
  CHECK(messages(*archive) == Texts{message});
}

TEST_CASE("image: a layer that is cut off makes the subject incomplete", "[image]") {
  World world;
  auto cut = lower().str().substr(0, 1200);
  const auto subject = world.read_layout(ImageBuilder::oci({ImageBuilder().layer({.tar = cut})}));
  REQUIRE(subject);
  REQUIRE(subject->incomplete);
  CHECK(subject->incomplete->code == Errc::invalid_input);
  CHECK(seen(*subject).front() == "usr");
}

TEST_CASE("image: platforms are all there, or the one that is asked for", "[image]") {
  const auto files = ImageBuilder::oci({image(),
                                        image().platform("linux", "arm64"),
                                        image().platform("linux", "arm", "v6"),
                                        image().platform("unknown", "unknown")});
  const auto choose = [&files](const std::string& wanted) {
    World world;
    world.options.platform = wanted;
    const auto subject = world.read_layout(files);
    Texts names;
    if (subject)
      for (const auto& platform : subject->platforms)
        names.push_back(platform.name);
    return names;
  };
  CHECK(choose("") == Texts{"linux/amd64", "linux/arm64", "linux/arm/v6"});
  CHECK(choose("linux/arm64/v8") == Texts{"linux/arm64"});
  CHECK(choose("linux/arm/v7") == Texts{"linux/arm/v6"});
  CHECK(choose("linux/s390x").empty());
}

TEST_CASE("image: a platform that is not there is a note, and none at all an error", "[image]") {
  std::map<std::string, std::string> ignored;
  const auto absent = image().platform("linux", "arm64").add_to(ignored);
  auto files = ImageBuilder::oci({image()});
  auto& index = files["index.json"];
  SECTION("one of two") {
    index.insert(index.rfind(']'), "," + absent);
    World world;
    const auto subject = world.read_layout(files);
    REQUIRE(subject);
    REQUIRE(subject->anomalies.size() == 1);
    CHECK(subject->anomalies[0].rule == rules::platform_absent);
    CHECK(subject->anomalies[0].message == "the image for linux/arm64 is not in it");
  }
  SECTION("the only one") {
    index = R"({"manifests":[)" + absent + "]}";
    World world;
    const auto subject = world.read_layout(files);
    REQUIRE_FALSE(subject);
    CHECK(subject.error().code == Errc::invalid_input);
    CHECK(subject.error().hint.starts_with("docker pull --platform linux/arm64"));
  }
}

TEST_CASE("image: an index that names nothing gives way to manifest.json", "[image]") {
  auto files = ImageBuilder::oci({image()});
  files["index.json"] = R"({"schemaVersion":2,"manifests":null})";
  const auto layer = "blobs/sha256/" + test::sha256_of(lower().str()).substr(7);
  files["c.json"] = "{}";
  files["config.json"] = R"({"os":"linux","architecture":"amd64"})";
  files["manifest.json"] = R"([{"Config":"config.json","Layers":[")" + layer + R"("]}])";
  World world;
  const auto subject = world.read_bytes(test::tar_of(files));
  REQUIRE(subject);
  CHECK(subject->kind == tree::SubjectKind::docker_archive);
  CHECK(seen(*subject) == Texts{"usr", "usr/a", "usr/b"});
}

TEST_CASE("image: documents that can be read in two ways, or lead elsewhere, are refused",
          "[image]") {
  const auto index = GENERATE(
      R"({"manifests":[{"digest":"sha256:../../x"}]})",
      R"({"manifests":[],"layers":[]})",
      R"({"manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v1+json","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]})",
      R"({"manifests":[]})",
      "[",
      "7");
  auto files = ImageBuilder::oci({image()});
  files["index.json"] = index;
  World world;
  const auto subject = world.read_layout(files);
  REQUIRE_FALSE(subject);
  CHECK(subject.error().code == Errc::invalid_input);
}

TEST_CASE("image: blobs that are links are not followed", "[image]") {
  World world;
  const auto files = ImageBuilder::oci({image()});
  REQUIRE(world.read_layout(files));
  const auto blob =
      world.directory() + "/layout/blobs/sha256/" + test::sha256_of(lower().str()).substr(7);
  REQUIRE(sys::rename_path(blob, world.directory() + "/elsewhere"));
  REQUIRE(sys::make_link(world.directory() + "/elsewhere", blob));
  const auto subject = world.read(world.directory() + "/layout");
  REQUIRE(subject);
  CHECK(subject->incomplete);
}

TEST_CASE("image: a tar without an image is a tarball, and its files are seen", "[image]") {
  World world;
  const auto subject =
      world.read_bytes(lower().file("config.json", "{\"a\":1}").file("layer.tar", "text").str());
  REQUIRE(subject);
  CHECK(subject->kind == tree::SubjectKind::tarball);
  CHECK(world.recorder.contents.at({0, "config.json"}) == "{\"a\":1}");
  CHECK(world.recorder.contents.at({0, "layer.tar"}) == "text");
  CHECK(seen(*subject) == Texts{"config.json", "layer.tar", "usr", "usr/a", "usr/b"});
  REQUIRE(world.read("tar:" + world.file()));
  for (const std::string form : {"docker-archive:", "oci-archive:"}) {
    const auto image = world.read(form + world.file());
    REQUIRE_FALSE(image);
    CHECK(image.error().code == Errc::invalid_input);
  }
}

TEST_CASE("image: a tar that is cut off is incomplete, and no tar an error", "[image]") {
  World world;
  const auto cut = world.read_bytes(lower().str().substr(0, 1200));
  REQUIRE(cut);
  CHECK(cut->incomplete);
  for (const auto& bytes : {std::string(), std::string("no archive"), std::string(2048, 'x')}) {
    const auto subject = world.read_bytes(bytes);
    REQUIRE_FALSE(subject);
    CHECK(subject.error().code == Errc::invalid_input);
  }
}

TEST_CASE("image: a directory is a tree", "[image]") {
  World world;
  test::put(world.directory() + "/tree/a", "x");
  const auto subject = world.read(world.directory() + "/tree");
  REQUIRE(subject);
  CHECK(subject->kind == tree::SubjectKind::directory);
  CHECK(seen(*subject) == Texts{"a"});
}

TEST_CASE("image: what names nothing says what would", "[image]") {
  World world;
  const auto code = [&world](const char* subject) { return world.open(subject).error().code; };
  CHECK(code("nothing-here") == Errc::invalid_input);
  CHECK(code("") == Errc::invalid_input);
  CHECK(code("dir:nothing-here") == Errc::invalid_input);
  CHECK(code("./nothing:here") == Errc::invalid_input);
  CHECK(code("docker-daemon:") == Errc::usage);
  CHECK(code("podman:") == Errc::usage);
  CHECK(code("docker://") == Errc::usage);
  CHECK(code("docker://kong") == Errc::unsupported);
  CHECK(world.open("docker://kong").error().hint
        == "docker pull kong && rockstage verify docker-daemon:kong");
}

}  // namespace
}  // namespace rockstage::image
