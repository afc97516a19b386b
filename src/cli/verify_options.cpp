#include "cli/verify_options.hpp"

#include "lua/types.hpp"
#include "runtime/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <thread>

namespace rockstage::cli {
namespace {

std::string date_of(std::int64_t unix_time) {
  const auto time = static_cast<std::time_t>(unix_time);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Result<std::uint64_t> number(const std::string& option, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0)
    return fail(Errc::usage,
                fmt::format("--{} takes a whole number from 1 up, not '{}'", option, text));
  return value;
}

/// The runtimes to judge by, `all` of them expanded; empty when none was named.
Result<std::vector<runtime::Profile>> runtimes(const Invocation& invocation) {
  std::vector<runtime::Profile> own;
  if (const auto file = invocation.single("runtime-file"); !file.empty()) {
    RS_TRY_ASSIGN(own, runtime::read_profiles(file));
  }
  std::vector<runtime::Profile> out;
  const auto add = [&out](const runtime::Profile& profile) {
    if (std::ranges::find(out, profile.name, &runtime::Profile::name) == out.end())
      out.push_back(profile);
  };
  for (const auto& name : invocation.list("runtime")) {
    if (name == "all") {
      // A person's own profile stands for the built-in one of its name.
      std::ranges::for_each(own, add);
      std::ranges::for_each(runtime::builtin_profiles(), add);
      continue;
    }
    RS_TRY_ASSIGN(const auto profile, runtime::find_profile(name, own));
    add(profile);
  }
  return out;
}

Result<std::string> platform(const Invocation& invocation) {
  const auto name = invocation.single("platform");
  if (name.empty()) return name;
  if (std::ranges::count(name, '/') == 0 || runtime::machine(name).empty())
    return fail(Errc::usage,
                fmt::format("--platform takes OS/ARCH, not '{}'", name),
                "e.g. linux/amd64 or linux/arm64");
  return name;
}

Result<tree::Limits> limits(const Invocation& invocation) {
  tree::Limits out;
  if (const auto text = invocation.single("max-entries"); !text.empty()) {
    RS_TRY_ASSIGN(out.entries, number("max-entries", text));
  }
  if (const auto text = invocation.single("max-bytes"); !text.empty()) {
    RS_TRY_ASSIGN(out.bytes, parse_size("max-bytes", text));
    // One file may be as large as all of them.
    out.member_bytes = std::max(out.member_bytes, out.bytes);
  }
  if (const auto text = invocation.single("max-ratio"); !text.empty()) {
    RS_TRY_ASSIGN(out.ratio, number("max-ratio", text));
  }
  return out;
}

Result<unsigned> jobs(const Invocation& invocation) {
  constexpr std::uint64_t kMost = 256;
  const auto text = invocation.single("jobs");
  if (text.empty()) return std::max(1U, std::thread::hardware_concurrency());
  RS_TRY_ASSIGN(const auto value, number("jobs", text));
  return static_cast<unsigned>(std::min(value, kMost));
}

Result<std::string> prefix(const Invocation& invocation) {
  auto directory = invocation.single("prefix");
  if (!directory.starts_with('/'))
    return fail(Errc::usage,
                fmt::format("--prefix takes an absolute directory, not '{}'", directory),
                "e.g. /usr/local");
  while (directory.size() > 1 && directory.ends_with('/'))
    directory.pop_back();
  return directory;
}

Result<std::vector<std::string>> required_modules(const Invocation& invocation) {
  for (const auto& module : invocation.list("require"))
    RS_TRY(lua::module_to_path(module));
  return invocation.list("require");
}

}  // namespace

Result<std::uint64_t> parse_size(const std::string& option, const std::string& text) {
  const auto refused = [&] {
    return fail(Errc::usage,
                fmt::format("--{} takes a number of bytes, not '{}'", option, text),
                "e.g. 500M or 10G");
  };
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value == 0) return refused();
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty()) return value;
  const auto power = std::string_view("KMGT").find(unit.front());
  if (unit.size() != 1 || power == std::string_view::npos) return refused();
  const auto shift = 10 * (power + 1);
  if (value > (UINT64_MAX >> shift)) return refused();
  return value << shift;
}

Result<verify::Request> verify_request(const Invocation& invocation,
                                       Io& io,
                                       Diagnostics& diagnostics) {
  verify::Request request;
  request.subject = invocation.arguments.front();
  if (const auto lua = invocation.single("lua"); !lua.empty()) {
    RS_TRY_ASSIGN(request.lua, lua::parse_lua(lua));
  }
  RS_TRY_ASSIGN(request.platform, platform(invocation));
  RS_TRY_ASSIGN(request.required_modules, required_modules(invocation));
  request.strict = invocation.flag("strict");
  RS_TRY_ASSIGN(request.prefix, prefix(invocation));
  RS_TRY_ASSIGN(request.reading.limits, limits(invocation));
  RS_TRY_ASSIGN(request.reading.jobs, jobs(invocation));
  request.reading.platform = request.platform;
  RS_TRY_ASSIGN(request.runtimes, runtimes(invocation));
  request.today = date_of(io.terminal.unix_time());
  RS_TRY_ASSIGN(request.policy, verify_policy(invocation, io, request.today));
  for (const auto& problem : request.policy.problems)
    diagnostics.warning(problem, "renew it, or fix what it waived");
  return request;
}

}  // namespace rockstage::cli
