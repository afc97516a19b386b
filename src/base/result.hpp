#pragma once
#include <tl/expected.hpp>

#include <string>
#include <utility>
#include <vector>

namespace rockstage {

/// The kind of a failure; `cli` maps it to an exit code.
enum class Errc {
  usage,          ///< wrong option, argument or combination: exit 2
  invalid_input,  ///< a rockspec, project file, crate or archive that cannot be taken: exit 4
  not_found,      ///< a file, rock or tool that is not there: exit 1
  io,             ///< the operating system refused: exit 1
  subprocess,     ///< a child process failed: exit 1
  network,        ///< a server could not be reached or answered badly: exit 1
  unsupported,    ///< known, but not in this version: exit 2
  interrupted,    ///< SIGINT or SIGTERM: exit 130 or 143
  internal,       ///< a broken promise of our own: exit 70
};

/// Why a call could not do its job. Messages are lower-case, name the thing, and end without a
/// period.
struct [[nodiscard]] Error {
  Errc code = Errc::internal;
  std::string message;
  std::string hint;  ///< what a person can do; empty when there is nothing to add
  std::vector<std::string>
      context;  ///< what was being done, innermost first; shown as `while …` lines
};

/// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// What a function returns that cannot do its job: `return fail(Errc::io, "cannot read 'x'",
/// "hint");`.
inline tl::unexpected<Error> fail(Errc code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), {}});
}

/// The same error with one more line that says what the caller was doing.
inline tl::unexpected<Error> fail_while(Error error, std::string doing) {
  error.context.push_back(std::move(doing));
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace rockstage

#define RS_CAT_(a, b) a##b
#define RS_CAT(a, b) RS_CAT_(a, b)

/// Returns the error of `expr` from the surrounding function, if it has one.
#define RS_TRY(expr)                                                         \
  do {                                                                       \
    if (auto rs_r_ = (expr); !rs_r_)                                         \
      return ::tl::unexpected<::rockstage::Error>(std::move(rs_r_).error()); \
  } while (false)

/// Declares `decl` with the value of `expr`, or returns its error from the surrounding function.
#define RS_TRY_ASSIGN(decl, expr) RS_TRY_ASSIGN_(RS_CAT(rs_r_, __LINE__), decl, expr)
#define RS_TRY_ASSIGN_(var, decl, expr)                                          \
  auto var = (expr);                                                             \
  if (!var) return ::tl::unexpected<::rockstage::Error>(std::move(var).error()); \
  decl = *std::move(var)
