//go:build !linux

package extract

import "os/exec"

// Elsewhere than on Linux a child ends with its parent because its stdin does,
// and its memory is bounded by DuckDB's own limit alone.

func dieWithParent(*exec.Cmd) {}

func limitProcess(memory, fileBytes int64) error { return nil }

func residentMemory(pid int) int64 { return 0 }
