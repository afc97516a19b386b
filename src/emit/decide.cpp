#include "base/text.hpp"
#include "emit/image.hpp"
#include "emit/print_value.hpp"
#include "emit/runtime_libraries.hpp"
#include "emit/staged.hpp"
#include "emit/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace rockstage::emit {
namespace {

/// glibc of Debian 12, on which the image with rockstage stands.
constexpr std::string_view kRockstageGlibc = "2.36";

/// "2.36" as numbers; what is none counts as 0.
std::vector<int> numbers(std::string_view version) {
  std::vector<int> out;
  for (const auto& part : text::split(version, '.')) {
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    out.push_back(number);
  }
  return out;
}

bool is_newer(const runtime::Libc& a, const runtime::Libc& b) {
  return numbers(a.version) > numbers(b.version);
}

std::string shown(const runtime::Libc& libc) {
  return libc.version.empty() ? libc.family : libc.family + " " + libc.version;
}

class Decision {
 public:
  Decision(const ImageRequest& request, Diagnostics& diagnostics)
      : request_(request), profile_(*request.profile), diagnostics_(diagnostics) {}

  Result<Image> make() {
    if (request_.rocks.empty()) return fail(Errc::usage, "no rock to build was given");
    if (request_.platforms.empty()) return fail(Errc::usage, "no platform was given");
    for (const auto& rock : request_.rocks)
      if (rock.plan.variants.size() != request_.platforms.size())
        return fail(Errc::internal,
                    fmt::format("{} was planned for {} platforms, not for {}",
                                rock.name,
                                rock.plan.variants.size(),
                                request_.platforms.size()));
    image_.request = &request_;
    image_.version_directory = profile_.version_directory.empty()
                                   ? lua::version_directory(request_.lua)
                                   : profile_.version_directory;
    image_.interpreter = profile_.interpreter;
    RS_TRY(check_references());
    RS_TRY(choose_base());
    RS_TRY(choose_builder());
    RS_TRY(choose_place());
    RS_TRY(list_files());
    RS_TRY(check_steps());
    tell_interpreter();
    tell_rocks();
    tell_libraries();
    return std::move(image_);
  }

 private:
  /// What stands in a Dockerfile only behind `ARG`, or in the bake file alone.
  [[nodiscard]] Result<void> check_references() const {
    if (!request_.base.empty()) RS_TRY(check_reference("--base", literal(request_.base)));
    for (const auto& tag : request_.tags)
      RS_TRY(check_reference("--tag", literal(tag)));
    return {};
  }

  Result<void> choose_base() {
    if (!request_.base.empty()) {
      image_.base = request_.base;
      return {};
    }
    // "debian:bookworm-slim + package luajit" is a recipe, no reference.
    if (profile_.images.empty() || profile_.images.front().find(' ') != std::string::npos)
      return fail(Errc::usage,
                  fmt::format("the runtime {} has no public image", profile_.name),
                  profile_.images.empty() ? "name the image that the rock goes into, with --base"
                                          : fmt::format("name your image of it ({}) with --base",
                                                        profile_.images.front()));
    image_.base = profile_.images.front();
    return {};
  }

  Result<void> choose_builder() {
    if (request_.builder == BuilderKind::rockstage) return choose_rockstage();
    if (!request_.builder_image.empty()) {
      image_.builder_image = request_.builder_image;
      image_.builder_reason = builder_demand();
      return {};
    }
    runtime::Builder chosen{"", profile_.builder_image, profile_.builder_libc};
    const bool fits = !chosen.image.empty() && fits_runtime(chosen.libc);
    if (!fits) {
      chosen.image.clear();
      for (const auto& builder : request_.catalogue->builders)
        if (fits_runtime(builder.libc)
            && (chosen.image.empty() || is_newer(builder.libc, chosen.libc)))
          chosen = builder;
    }
    if (chosen.image.empty())
      return fail(Errc::usage,
                  fmt::format("no Rust image known has a C library that is not newer than {} of {}",
                              shown(profile_.libc),
                              profile_.name),
                  "name one with --builder-image");
    image_.builder_image = chosen.image;
    image_.builder_reason =
        profile_.libc.version.empty()
            ? fmt::format("its {} is old enough for most systems; the base image's is not known",
                          shown(chosen.libc))
            : fmt::format(
                "its {} is not newer than {} of the runtime, so what it links loads there",
                shown(chosen.libc),
                shown(profile_.libc));
    return {};
  }

  [[nodiscard]] bool fits_runtime(const runtime::Libc& builder) const {
    const auto& there = profile_.libc;
    if (there.family.empty()) return builder.family == "glibc";
    return builder.family == there.family && (there.version.empty() || !is_newer(builder, there));
  }

  [[nodiscard]] std::string builder_demand() const {
    return profile_.libc.family.empty()
               ? "its C library must not be newer than the base image's"
               : fmt::format("its C library must not be newer than {} of the runtime",
                             shown(profile_.libc));
  }

  Result<void> choose_rockstage() {
    const auto& libc = profile_.libc;
    const runtime::Libc needed{"glibc", std::string(kRockstageGlibc), true};
    const bool fits = libc.family == "glibc" && !libc.version.empty() && !is_newer(needed, libc);
    if (!fits && request_.builder_image.empty())
      return fail(Errc::usage,
                  fmt::format("the builder 'rockstage' makes libraries for glibc {} and later, and "
                              "{} has {}",
                              kRockstageGlibc,
                              profile_.name,
                              libc.family.empty() ? "one that is not known" : shown(libc)),
                  "use --builder plain, or name an older builder with --builder-image");
    image_.builder_image = request_.builder_image.empty()
                               ? "rockstage-builder:" + request_.tool_version
                               : request_.builder_image;
    image_.builder_reason =
        request_.builder_image.empty() ? fmt::format(
            "docker/builder.Dockerfile of rockstage makes it, with glibc {}; the "
            "runtime has {}",
            kRockstageGlibc,
            shown(libc))
                                       : builder_demand();
    return {};
  }

  Result<void> choose_place() {
    std::vector<std::string> names;
    for (const auto& place : profile_.destinations) {
      names.push_back(place.name);
      if (request_.destination.empty() || place.name == request_.destination) {
        image_.place = place;
        for (auto* path : {&image_.place.lua, &image_.place.so})
          *path = text::replace_all(*path, "{V}", image_.version_directory);
        return check_place();
      }
    }
    return fail(Errc::usage,
                fmt::format("the runtime {} has no destination '{}'{}",
                            profile_.name,
                            request_.destination,
                            text::did_you_mean(request_.destination, names)),
                "it has: " + text::join(names, ", "));
  }

  [[nodiscard]] Result<void> check_place() const {
    if (image_.place.so.find("{triplet}") == std::string::npos || request_.platforms.size() == 1)
      return {};
    return fail(Errc::usage,
                fmt::format("the destination '{}' is another directory on each platform",
                            image_.place.name),
                "write a Dockerfile for each platform, or choose another --destination");
  }

  Result<void> list_files() {
    std::map<std::string, std::string> owners;
    for (const auto& rock : request_.rocks) {
      const auto files = staged_files(rock, image_.version_directory);
      if (files.empty() && !installs_by_commands(rock))
        return fail(Errc::invalid_input,
                    fmt::format("{} {} stages no module", rock.name, rock.version),
                    "its rockspec names neither modules nor files to install");
      if (files.empty())
        diagnostics_.note(
            fmt::format("which modules {} has is known only when its commands have run: the smoke "
                        "stage cannot name them",
                        rock.name),
            "give a script that requires them: smoke: {script: …} in rockstage.yaml");
      for (const auto& file : files) {
        const auto [known, is_new] = owners.emplace(file, rock.name);
        if (!is_new)
          return fail(Errc::invalid_input,
                      fmt::format("{} and {} both stage '{}'", known->second, rock.name, file),
                      "an image can hold only one of them");
        image_.staged.push_back(file);
      }
    }
    std::ranges::sort(image_.staged);
    image_.modules = modules_of(image_.staged, image_.version_directory);
    return {};
  }

  /// What a plan asks for and lines of a Dockerfile cannot do.
  Result<void> check_steps() const {
    if (request_.builder == BuilderKind::rockstage) return {};
    for (const auto& rock : request_.rocks)
      for (const auto& variant : rock.plan.variants)
        if (variant.work_in_copy && !installs_by_commands(rock))
          return fail(Errc::usage,
                      fmt::format("the rockspec of {} patches its sources, which the plain builder "
                                  "cannot do",
                                  rock.name),
                      "use --builder rockstage");
    return {};
  }

  void tell_interpreter() {
    if (!image_.interpreter.empty()) return;
    diagnostics_.note(
        fmt::format("{} has no Lua to run by itself: the image is built without a smoke stage",
                    profile_.name),
        "test the image with `rockstage smoke`");
  }

  void tell_rocks() {
    for (const auto& rock : request_.rocks) {
      const auto& variant = rock.plan.variants.front();
      if (!variant.post_install.empty() && request_.builder == BuilderKind::plain)
        diagnostics_.warning(
            fmt::format("the hook post_install of {} is not run by the plain builder", rock.name),
            "use --builder rockstage if the image needs what it does");
      if (!rock.license.empty() && !is_licence_expression(rock.license))
        diagnostics_.note(
            fmt::format("the licence of {}, '{}', is no SPDX expression: the image "
                        "gets no label for it",
                        rock.name,
                        rock.license));
    }
  }

  void tell_libraries() {
    for (const auto& rock : request_.rocks)
      for (const auto& library : run_time_libraries(rock)) {
        const auto has = [&library](const std::vector<std::string>& list) {
          return std::ranges::find(list, library.soname) != list.end();
        };
        if (has(profile_.libraries)) continue;
        diagnostics_.note(
            fmt::format("{} may need {} ({}) at run time, which '{}' {}",
                        rock.name,
                        library.soname,
                        library.reason,
                        image_.base,
                        has(profile_.assumed_libraries) ? "probably has" : "is not known to have"),
            fmt::format("if the smoke stage fails, install Debian's package {} in the base image",
                        library.package));
      }
  }

  const ImageRequest& request_;
  const runtime::Profile& profile_;
  Diagnostics& diagnostics_;
  Image image_;
};

}  // namespace

Result<Image> decide(const ImageRequest& request, Diagnostics& diagnostics) {
  if (request.profile == nullptr || request.catalogue == nullptr)
    return fail(Errc::internal, "an image was asked for without its runtime");
  return Decision(request, diagnostics).make();
}

}  // namespace rockstage::emit
