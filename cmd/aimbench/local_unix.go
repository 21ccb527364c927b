//go:build unix

package main

import "syscall"

// ownGroup keeps the terminal's interrupt from the shards: their leader tells them.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
