package main

import (
	"errors"
	"os/exec"
	"strconv"
)

func exitCode(err error) (string, bool) {
	var exited *exec.ExitError
	if !errors.As(err, &exited) {
		return "", false
	}
	return strconv.Itoa(exited.ExitCode()), true
}
