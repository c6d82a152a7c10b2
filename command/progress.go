package command

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// Progress shows how far long work has come. The zero value shows nothing.
type Progress struct {
	terminal io.Writer    // bars, redrawn in place
	log      *slog.Logger // one line when a step ends
}

// NewProgress draws bars on a terminal, or logs lines when terminal is nil.
func NewProgress(terminal io.Writer, log *slog.Logger) Progress {
	return Progress{terminal: terminal, log: log}
}

// Step begins a step of total parts and returns what to call after each part,
// from any goroutine.
func (p Progress) Step(name string, total int) (tick func()) {
	var mu sync.Mutex
	done := 0
	p.draw(name, 0, total)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		p.draw(name, done, total)
	}
}

// draw shows done of total. A bar that cannot be drawn is not worth an error.
func (p Progress) draw(name string, done, total int) {
	const width = 30
	switch {
	case p.terminal != nil:
		filled := width * done / max(1, total)
		fmt.Fprintf(p.terminal, "\r%-9s %s%s %d/%d", name, strings.Repeat("█", filled), strings.Repeat("░", width-filled), done, total)
		if done == total {
			fmt.Fprintln(p.terminal)
		}
	case p.log != nil && done == total:
		p.log.Info("step done", "step", name, "parts", total)
	}
}

// Counter begins a step whose parts are counted by the work itself.
func (p Progress) Counter(name string) func(done, total int) {
	return func(done, total int) { p.draw(name, done, total) }
}
