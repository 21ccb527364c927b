//go:build !linux

package main

// maxrssUnit is what getrusage counts memory in, on the BSDs and macOS.
const maxrssUnit = 1
