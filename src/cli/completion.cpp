#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/command_table.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

/// Values that can be completed, separated by blanks; empty when it is free text or a file.
std::string choices(const OptionSpec& option) {
  const std::string_view name = option.name;
  if (name == "lua") return "luajit openresty 5.1 5.2 5.3 5.4 5.5";
  const std::string_view value = option.value;
  if (value.find('|') == std::string_view::npos) return {};
  return text::replace_all(std::string(value), "|", " ");
}

std::vector<const OptionSpec*> options_of(const CommandSpec& command) {
  std::vector<const OptionSpec*> out;
  for (const auto& option : command.options)
    if (*option.later == 0) out.push_back(&option);
  for (const auto& option : global_options())
    out.push_back(&option);
  return out;
}

std::string existing_commands() {
  std::vector<std::string> names;
  for (const auto& command : commands())
    if (*command.later == 0) names.emplace_back(command.name);
  return text::join(names, " ");
}

std::string bash_words(const CommandSpec& command) {
  std::vector<std::string> words;
  for (const auto* option : options_of(command))
    words.push_back(fmt::format("--{}", option->name));
  return text::join(words, " ");
}

std::string bash() {
  std::string cases;
  std::string values;
  for (const auto& command : commands()) {
    if (*command.later != 0) continue;
    cases += fmt::format("    {}) words='{}' ;;\n", command.name, bash_words(command));
    for (const auto& option : command.options)
      if (const auto list = choices(option); !list.empty())
        values +=
            fmt::format("    {}:--{}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                        command.name,
                        option.name,
                        list);
  }
  return fmt::format(R"(# bash completion for rockstage
_rockstage() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      -*) ;;
      *) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  if [ -z "$command" ]; then
    COMPREPLY=($(compgen -W '{}' -- "$word"))
    return
  fi
  case $command:$before in
{}  esac
  case $command in
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
    help) COMPREPLY=($(compgen -W '{}' -- "$word")); return ;;
  esac
  case $word in
    -*) ;;
    *) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case $command in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o filenames -F _rockstage rockstage
)",
                     existing_commands(),
                     values,
                     existing_commands(),
                     cases);
}

std::string zsh_quote(std::string_view text) {
  auto out = text::replace_all(std::string(text), "'", "'\\''");
  for (const char* c : {"[", "]", ":"})
    out = text::replace_all(out, c, std::string("\\") + c);
  return out;
}

std::string zsh() {
  std::string names;
  std::string cases;
  for (const auto& command : commands()) {
    if (*command.later != 0) continue;
    names += fmt::format("    '{}:{}'\n", command.name, zsh_quote(command.summary));
    std::string arguments;
    for (const auto* option : options_of(command)) {
      const auto list = choices(*option);
      std::string value;
      if (*option->value != 0)
        value = fmt::format(
            ":{}:{}", zsh_quote(option->value), list.empty() ? "_files" : "(" + list + ")");
      arguments +=
          fmt::format(" \\\n        '--{}[{}]{}'", option->name, zsh_quote(option->help), value);
    }
    cases += fmt::format(
        "      {}) _arguments{} \\\n        '*:file:_files' ;;\n", command.name, arguments);
  }
  return fmt::format(R"(#compdef rockstage
_rockstage() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_rockstage "$@"
)",
                     names,
                     cases);
}

std::string fish_quote(std::string_view text) {
  return "'" + text::replace_all(text::replace_all(std::string(text), "\\", "\\\\"), "'", "\\'")
         + "'";
}

std::string fish() {
  std::string out = "# fish completion for rockstage\n";
  for (const auto& command : commands()) {
    if (*command.later != 0) continue;
    out += fmt::format("complete -c rockstage -n __fish_use_subcommand -a {} -d {}\n",
                       command.name,
                       fish_quote(command.summary));
    for (const auto* option : options_of(command)) {
      std::string line =
          fmt::format("complete -c rockstage -n '__fish_seen_subcommand_from {}' -l {}",
                      command.name,
                      option->name);
      if (option->letter != 0) line += fmt::format(" -s {}", option->letter);
      if (*option->value != 0) line += " -r";
      if (const auto list = choices(*option); !list.empty())
        line += fmt::format(" -f -a {}", fish_quote(list));
      out += line + fmt::format(" -d {}\n", fish_quote(option->help));
    }
  }
  return out;
}

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  const std::vector<std::string> known = {"bash", "zsh", "fish"};
  return fail(
      Errc::usage,
      fmt::format("no completion for the shell '{}'{}", shell, text::did_you_mean(shell, known)),
      "bash, zsh and fish have one");
}

}  // namespace rockstage::cli
