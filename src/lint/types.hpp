#pragma once
#include "base/finding.hpp"
