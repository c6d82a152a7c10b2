package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// watchEvery is how long a child may be over its memory limit. In that time a
	// core can fill some 50 MB of fresh memory.
	watchEvery = 20 * time.Millisecond
	// scratchEvery is in how many ticks of watchEvery scratch files are added up.
	scratchEvery = 50
)

// watch kills the child when the context ends or a limit is passed. stop ends
// the watching and returns why it was killed, nil if it was not.
func (p *child) watch(ctx context.Context) (stop func() error) {
	quit, reason := make(chan struct{}), make(chan error, 1)
	go func() { reason <- p.guard(ctx, quit) }()
	return func() error {
		close(quit)
		return <-reason
	}
}

func (p *child) guard(ctx context.Context, quit <-chan struct{}) error {
	tick, late := time.NewTicker(watchEvery), time.NewTimer(p.limits.Time)
	defer tick.Stop()
	defer late.Stop()
	for n := 1; ; n++ {
		var reason error
		select {
		case <-quit:
			return nil
		case <-ctx.Done():
			reason = ctx.Err()
		case <-late.C:
			reason = fmt.Errorf("reading it took longer than %v (repeat the export; if it is sound, raise time under limits)", p.limits.Time)
		case <-tick.C:
			reason = p.excess(n%scratchEvery == 0)
		}
		if reason != nil {
			return errors.Join(reason, p.kill())
		}
	}
}

// kill ends the child now.
func (p *child) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// excess returns what the child uses too much of, nil if nothing.
func (p *child) excess(scratch bool) error {
	if most := p.memory.Load(); residentMemory(p.cmd.Process.Pid) > most {
		return fmt.Errorf("reading it took more than %d MiB of memory (repeat the export; if it is sound, raise memory_limit)", most>>20)
	}
	if scratch {
		p.mu.Lock()
		dir := p.scratch
		p.mu.Unlock()
		if used := folderBytes(dir); used > bytesOf(p.limits.Scratch) {
			return fmt.Errorf("reading it took more than %s of scratch space (repeat the export; if it is sound, raise scratch under limits)", p.limits.Scratch)
		}
	}
	return nil
}

// folderBytes adds up the files below dir. What vanishes meanwhile counts
// nothing.
func folderBytes(dir string) int64 {
	if dir == "" {
		return 0
	}
	var total int64
	filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}
