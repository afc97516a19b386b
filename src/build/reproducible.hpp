#pragma once
#include "build/traces.hpp"
#include "plan/types.hpp"
#include "source/types.hpp"
#include "sys/io.hpp"
#include "sys/temp_dir.hpp"

#include <string>
#include <vector>

// What a second build of the same rock needs, to be as different as builds of two people are.
namespace rockstage::build {

/// Another place to build a rock in, and what is there otherwise.
struct SecondPlace {
  sys::TempDir directory;         ///< holds all of it
  source::Rock rock;              ///< its sources copied; the same git facts
  plan::BuildOptions options;     ///< other directories to compile in, another number of jobs
  sys::Environment environment;   ///< another home, user name, zone and locale
  std::vector<PlacePair> places;  ///< what has another path there
};

/// What is known of the first build.
struct FirstPlace {
  const source::Rock& rock;
  const plan::BuildOptions& options;
  std::string manifest;  ///< of the crate, absolute; empty where cargo is not driven by rockstage
  std::string tree;      ///< not copied, should it lie in the sources
};

/// Copies the sources into a new directory below `parent`, with a home and a CARGO_HOME that link
/// to what is in the present ones, so that nothing is downloaded or installed again. A `.git` is
/// there too, for build scripts that ask git; what they do with it does not reach the checkout.
Result<SecondPlace> make_second_place(const FirstPlace& first, const std::string& parent, Io& io);

/// Runs each command under another umask than this process has.
class OtherUmaskRunner final : public sys::ProcessRunner {
 public:
  explicit OtherUmaskRunner(sys::ProcessRunner& runner) : runner_(runner) {}

  Result<sys::ProcessResult> run(const sys::Command& command) override;

 private:
  sys::ProcessRunner& runner_;
};

}  // namespace rockstage::build
