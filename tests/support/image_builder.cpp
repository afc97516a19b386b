#include "image_builder.hpp"

#include "digest/digest.hpp"

#include <fmt/format.h>

#include <utility>

namespace rockstage::test {
namespace {

std::string stored(const ImageLayer& layer) {
  switch (layer.form) {
    case LayerForm::plain:
      return layer.tar;
    case LayerForm::gzip:
      return gzip_stored(layer.tar);
    case LayerForm::zstd:
      return zstd_stored(layer.tar);
  }
  return layer.tar;
}

std::string media_type(const ImageLayer& layer) {
  if (!layer.media_type.empty()) return layer.media_type;
  const std::string type = "application/vnd.oci.image.layer.v1.tar";
  if (layer.form == LayerForm::plain) return type;
  return type + (layer.form == LayerForm::gzip ? "+gzip" : "+zstd");
}

std::string blob(std::map<std::string, std::string>& files, const std::string& bytes) {
  const auto digest = sha256_of(bytes);
  files["blobs/sha256/" + digest.substr(7)] = bytes;
  return digest;
}

std::string list(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ","));
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

}  // namespace

std::string sha256_of(const std::string& bytes) {
  return "sha256:" + digest::hex(digest::Algorithm::sha256, bytes);
}

std::string tar_of(const std::map<std::string, std::string>& files) {
  TarBuilder tar;
  for (const auto& [name, body] : files)
    tar.file(name, body);
  return tar.str();
}

ImageBuilder& ImageBuilder::layer(ImageLayer layer) {
  layers_.push_back(std::move(layer));
  return *this;
}

ImageBuilder& ImageBuilder::layer(const TarBuilder& tar) {
  return layer(ImageLayer{.tar = tar.str()});
}

ImageBuilder& ImageBuilder::platform(std::string os,
                                     std::string architecture,
                                     std::string variant) {
  os_ = std::move(os);
  architecture_ = std::move(architecture);
  variant_ = std::move(variant);
  return *this;
}

std::string ImageBuilder::config() const {
  std::vector<std::string> diff_ids, history{R"({"created_by":"ENV A=1","empty_layer":true})"};
  for (const auto& layer : layers_) {
    history.push_back(fmt::format(R"({{"created_by":"COPY {}"}})", diff_ids.size()));
    diff_ids.push_back(quoted(layer.diff_id.value_or(sha256_of(layer.tar))));
  }
  return fmt::format(
      R"({{"architecture":"{}","os":"{}","variant":"{}","config":{{"User":"lua","Env":["A=1"],)"
      R"("Entrypoint":["/bin/sh"],"Labels":{{"b":"2","a":"1"}}}},)"
      R"("rootfs":{{"type":"layers","diff_ids":{}}},"history":{}}})",
      architecture_,
      os_,
      variant_,
      list(diff_ids),
      list(history));
}

std::string ImageBuilder::add_to(std::map<std::string, std::string>& files) const {
  std::vector<std::string> layers;
  for (const auto& layer : layers_) {
    const auto bytes = stored(layer);
    const auto digest = layer.digest.value_or(sha256_of(bytes));
    if (!layer.missing) files["blobs/sha256/" + digest.substr(7)] = bytes;
    layers.push_back(fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})",
                                 media_type(layer),
                                 digest,
                                 layer.size.value_or(bytes.size())));
  }
  const auto config = this->config();
  const auto manifest = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":{}}},)"
      R"("layers":{}}})",
      blob(files, config),
      config.size(),
      list(layers));
  return fmt::format(
      R"({{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{},)"
      R"("platform":{{"os":"{}","architecture":"{}","variant":"{}"}}}})",
      blob(files, manifest),
      manifest.size(),
      os_,
      architecture_,
      variant_);
}

std::map<std::string, std::string> ImageBuilder::oci(const std::vector<ImageBuilder>& images) {
  std::map<std::string, std::string> files;
  std::vector<std::string> descriptors;
  for (const auto& image : images)
    descriptors.push_back(image.add_to(files));
  files["index.json"] = fmt::format(R"({{"schemaVersion":2,"manifests":{}}})", list(descriptors));
  files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
  return files;
}

std::string ImageBuilder::docker25() const {
  auto files = oci({*this});
  std::vector<std::string> layers;
  for (const auto& layer : layers_)
    layers.push_back(quoted("blobs/sha256/" + sha256_of(stored(layer)).substr(7)));
  files["manifest.json"] = fmt::format(R"([{{"Config":"blobs/sha256/{}","Layers":{}}}])",
                                       sha256_of(config()).substr(7),
                                       list(layers));
  return tar_of(files);
}

std::string ImageBuilder::docker_legacy() const {
  TarBuilder tar;
  std::vector<std::string> names;
  std::map<std::string, std::string> first;
  for (const auto& layer : layers_) {
    const auto directory = fmt::format("{:064x}", names.size());
    const auto name = directory + "/layer.tar";
    tar.directory(directory + "/").file(directory + "/VERSION", "1.0");
    const auto [place, is_new] = first.emplace(layer.tar, directory);
    if (is_new)
      tar.file(name, stored(layer));
    else
      tar.symlink(name, "../" + place->second + "/layer.tar");
    names.push_back(quoted(name));
  }
  const auto config = this->config();
  const auto config_name = sha256_of(config).substr(7) + ".json";
  tar.file(config_name, config);
  tar.file(
      "manifest.json",
      fmt::format(R"([{{"Config":"{}","RepoTags":null,"Layers":{}}}])", config_name, list(names)));
  return tar.str();
}

std::string ImageBuilder::podman() const {
  TarBuilder tar;
  std::vector<std::string> names;
  for (const auto& layer : layers_) {
    names.push_back(quoted(sha256_of(layer.tar).substr(7) + ".tar"));
    tar.file(sha256_of(layer.tar).substr(7) + ".tar", stored(layer));
  }
  const auto config = this->config();
  const auto config_name = sha256_of(config).substr(7) + ".json";
  tar.file(config_name, config);
  tar.file("manifest.json",
           fmt::format(R"([{{"Config":"{}","Layers":{}}}])", config_name, list(names)));
  return tar.str();
}

}  // namespace rockstage::test
