#pragma once
#include "emit/sbom.hpp"

#include <string>

namespace rockstage::test {

/// A rock with a library and a Lua module, built from three crates.
inline emit::Shipment shipment() {
  emit::ShippedRock rock;
  rock.name = "textkit";
  rock.version = "1.2.0-1";
  rock.lua = "5.1";
  rock.summary = "Text as people see it";
  rock.license = "Apache-2.0";
  rock.rockspec = "textkit-1.2.0-1.rockspec";
  rock.rockspec_sha256 = std::string(64, 'c');
  rock.files = {{"lib/lua/5.1/textkit/core.so", std::string(64, 'a'), "textkit.core"},
                {"share/lua/5.1/textkit/core.lua", std::string(64, 'b'), "textkit.core"}};
  rock.record = R"json({
    "schema": "rockstage.build/1", "rockstage": "0.1.0", "build_type": "rust-mlua",
    "lua": "luajit", "target": "x86_64-unknown-linux-gnu", "profile": "release",
    "features": ["luajit"], "default_features": true,
    "cargo": "cargo 1.95.0 (f2d3ce0bd 2026-03-21)", "rustc": "rustc 1.95.0 (59807616e 2026-04-14)",
    "git": {"revision": "0123456789012345678901234567890123456789", "branch": "main",
            "dirty": false},
    "build_time": 1700000000,
    "libraries": [{"module": "textkit.core", "path": "lib/textkit/core.so",
                   "crates": ["mlua@0.11.6", "textkit@1.2.0"]}],
    "crates": [
      {"name": "cc", "version": "1.2.0", "source": "registry", "build_only": true, "features": [],
       "license": "MIT OR Apache-2.0", "checksum": null, "dependencies": []},
      {"name": "mlua", "version": "0.11.6", "source": "registry", "build_only": false,
       "features": ["luajit"], "license": "MIT",
       "checksum": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
       "dependencies": ["cc@1.2.0"]},
      {"name": "textkit", "version": "1.2.0", "source": "path", "build_only": false,
       "features": [], "license": null, "checksum": null, "dependencies": ["mlua@0.11.6"]}]})json";
  emit::Shipment out;
  out.archive = "textkit.tar.zst";
  out.sha256 = std::string(64, 'd');
  out.rocks = {rock};
  out.other_files = {{"README", std::string(64, 'f'), {}}};
  return out;
}

}  // namespace rockstage::test
