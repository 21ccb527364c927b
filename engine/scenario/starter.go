package scenario

import _ "embed"

// Starter is a commented scenario to begin with: it is valid, and runs with nothing installed.
//
//go:embed starter.hcl
var Starter []byte
