package extract

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// dieWithParent has the kernel kill the child when the parent dies, however it
// does.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// limitProcess bounds this process from within: single files, memory at a
// multiple of what the parent watches for, no core dumps, and the first place
// among those that are killed when the machine runs out of memory.
//
// The multiple is for a single request of many gigabytes, which is refused
// sooner than anybody could see it. It is not tighter because the limit counts
// what is reserved (stacks of 8 MiB, Go's arenas), not what is used.
func limitProcess(memory, fileBytes int64) error {
	for resource, limit := range map[int]int64{
		syscall.RLIMIT_CORE:  0,
		syscall.RLIMIT_FSIZE: fileBytes,
		syscall.RLIMIT_DATA:  reserve(memory),
	} {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(resource, &now); err != nil {
			return err
		}
		now.Cur = min(uint64(limit), now.Max)
		if err := syscall.Setrlimit(resource, &now); err != nil {
			return err
		}
	}
	return os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
}

// reserve is how much memory a process may reserve that may use so much.
func reserve(memory int64) int64 {
	const most = math.MaxInt64 / 8
	return 4*min(memory, most) + 2<<30
}

// residentMemory returns the bytes that a process holds in memory; 0 if it is
// gone.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
