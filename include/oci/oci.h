// The whole of liboci.
#pragma once

#include "oci/check.h"
#include "oci/fd.h"
#include "oci/parse.h"
#include "oci/result.h"
#include "oci/runtime.h"
#include "oci/signals.h"
#include "oci/spec.h"
#include "oci/validate.h"
#include "oci/version.h"
