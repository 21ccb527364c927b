//go:build !race && linux && (amd64 || arm64)

package stamp

// acquire has nobody to tell.
func acquire(uintptr) {}
