package scenario

import (
	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format lays out a scenario file.
func Format(src []byte, name string) ([]byte, Diagnostics) { return hclwrite.Format(src), nil }

// Diff is the unified diff from before to after.
func Diff(name string, before, after []byte) string {
	return udiff.Unified(name, name, string(before), string(after))
}
