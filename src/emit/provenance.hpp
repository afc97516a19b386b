#pragma once
#include "emit/sbom.hpp"

#include <string>

namespace rockstage::emit {

/// How the rocks of an archive were built, as an in-toto Statement v1 with the predicate SLSA
/// provenance v1 (slsa.dev/spec/v1.0/provenance); docs/formats/sbom.md says what stands where.
/// Equal shipments give equal bytes. Errc::invalid_input names the rock whose record cannot be
/// read.
Result<std::string> provenance(const Shipment& shipment);

}  // namespace rockstage::emit
