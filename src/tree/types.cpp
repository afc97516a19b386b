#include "tree/types.hpp"

namespace rockstage::tree {

const char* to_string(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::directory:
      return "directory";
    case SubjectKind::tarball:
      return "tarball";
    case SubjectKind::docker_archive:
      return "docker-archive";
    case SubjectKind::oci_layout:
      return "oci";
    case SubjectKind::oci_archive:
      return "oci-archive";
  }
  return "directory";
}

}  // namespace rockstage::tree
