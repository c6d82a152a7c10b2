package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// childMark is set in the child's environment, so that a program that does not
// know ChildCommand cannot start children of children.
const childMark = "PERENNIAL_EXTRACT_CHILD=1"

// childEnvironment is what a child inherits: no secrets, which a file that takes
// the child over could read.
var childEnvironment = []string{"TMPDIR", "TMP", "TEMP", "HOME", "TZ", "LANG", "GODEBUG", "GOMAXPROCS", "GORACE", "GOCOVERDIR", "SYSTEMROOT"}

// child is a process of this program that reads files which others have written.
// Whatever they do to it, the parent lives and can say which file it was. A child
// answers one call at a time.
type child struct {
	limits Limits       // checked
	memory atomic.Int64 // bytes that it may take
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	events *json.Decoder
	stderr head
	gone   bool
	ended  chan struct{} // closed when the process is gone

	reading []string // files that it has begun to read, in order, and not ended

	mu      sync.Mutex
	scratch string // its folder of scratch files; "" when it has none
}

// startChild starts a child that may use memory bytes.
func startChild(limits Limits, memory int64) (*child, error) {
	if name, value, _ := strings.Cut(childMark, "="); os.Getenv(name) == value {
		return nil, fmt.Errorf("this process is itself a child (main must call extract.ServeChild when its first argument is %q)", ChildCommand)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program to run as a child: %w", err)
	}
	p := &child{limits: limits, cmd: exec.Command(program, ChildCommand), ended: make(chan struct{})}
	p.memory.Store(memory)
	p.cmd.Env = []string{childMark}
	for _, name := range childEnvironment {
		if value, ok := os.LookupEnv(name); ok {
			p.cmd.Env = append(p.cmd.Env, name+"="+value)
		}
	}
	p.cmd.Stderr = &p.stderr
	dieWithParent(p.cmd)
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	p.events = json.NewDecoder(stdout)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start child: %w", err)
	}
	return p, nil
}

// call asks the child for something, repeats its log lines to log and decodes its
// answer. The child does not outlive an error that is not its answer: one of the
// context, or the ErrBadData of a file that has ended it.
func (p *child) call(ctx context.Context, r request, log *slog.Logger, answer any) error {
	if p.gone {
		return errors.New("extract: the child process has ended")
	}
	r.MemoryBytes, r.ScratchBytes = p.memory.Load(), bytesOf(p.limits.Scratch)
	stop := p.watch(ctx)
	result, broken := p.exchange(ctx, r, log)
	killed := stop()
	if broken == nil && result.Error != nil {
		return result.Error.unpack()
	}
	if broken != nil {
		return p.bury(ctx, killed, broken)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(result.Answer, answer)
}

// exchange sends a request and returns the event that answers it.
func (p *child) exchange(ctx context.Context, r request, log *slog.Logger) (result event, err error) {
	if err := json.NewEncoder(p.stdin).Encode(r); err != nil {
		return event{}, err
	}
	for {
		var e event
		if err := p.events.Decode(&e); err != nil {
			return event{}, err
		}
		switch {
		case e.Answer != nil, e.Error != nil:
			p.reading = nil
			p.setScratch("")
			return e, nil
		case e.Log != nil && log != nil:
			repeatLog(ctx, log, e.Log)
		case e.Scratch != "":
			p.setScratch(e.Scratch)
		}
		p.reading = append(p.reading, e.Reading...)
		for _, path := range e.Read {
			if i := slices.Index(p.reading, path); i >= 0 {
				p.reading = slices.Delete(p.reading, i, i+1)
			}
		}
	}
}

func (p *child) setScratch(dir string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scratch = dir
}

// close ends the child, which is idle.
func (p *child) close() error {
	if p.gone {
		return nil
	}
	p.gone = true
	defer close(p.ended)
	if err := errors.Join(p.stdin.Close(), p.cmd.Wait()); err != nil {
		return fmt.Errorf("extract: end of the child process: %w", err)
	}
	return nil
}

// bury ends a child that did not answer and says why: because of the context,
// because it was killed, or because of broken, what went wrong with its answer.
func (p *child) bury(ctx context.Context, killed, broken error) error {
	p.gone = true
	defer close(p.ended)
	p.cmd.Process.Kill() // it may have ended already
	p.stdin.Close()
	ended := p.cmd.Wait()
	if p.scratch != "" {
		if err := os.RemoveAll(p.scratch); err != nil && ctx.Err() == nil {
			return fmt.Errorf("extract: clean up after the child process: %w", err)
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(p.reading) == 0:
		return fmt.Errorf("extract: the child process ended: %w: %s", errors.Join(killed, ended, broken), p.stderr.lastWords())
	case killed != nil:
		return &kindError{ErrBadData, &deadlyError{p.reading, killed}}
	}
	words := p.stderr.lastWords()
	if words == "" && ended != nil {
		words = ended.Error()
	}
	return &kindError{ErrBadData, &deadlyError{p.reading, fmt.Errorf("reading it crashed: %s (the file is damaged, or made to do harm: repeat the export)", words)}}
}

// deadlyError says that a child did not survive files.
type deadlyError struct {
	paths []string // one of them; not empty
	err   error
}

func (e *deadlyError) Error() string {
	const shown = 3
	var names []string
	for _, path := range e.paths[:min(shown, len(e.paths))] {
		names = append(names, filepath.Base(path))
	}
	if more := len(e.paths) - shown; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("extract: %s: %v", strings.Join(names, " or "), e.err)
}

func (e *deadlyError) Unwrap() error { return e.err }

// repeatLog logs a record that slog's JSON handler has written.
func repeatLog(ctx context.Context, log *slog.Logger, line json.RawMessage) {
	var head struct {
		Time  time.Time  `json:"time"`
		Level slog.Level `json:"level"`
		Msg   string     `json:"msg"`
	}
	if err := json.Unmarshal(line, &head); err != nil || !log.Enabled(ctx, head.Level) {
		return // what is no record is not worth stopping for
	}
	record := slog.NewRecord(head.Time, head.Level, head.Msg, 0)
	decoder := json.NewDecoder(strings.NewReader(string(line)))
	decoder.UseNumber()
	decoder.Token() // the opening brace: the line has been decoded once
	for decoder.More() {
		key, err := decoder.Token()
		var value any
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			return
		}
		switch key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey:
		default:
			record.AddAttrs(slog.Any(key.(string), plainNumber(value)))
		}
	}
	_ = log.Handler().Handle(ctx, record) // as slog's own methods do
}

// plainNumber is a JSON number as an int64 where it is whole, else a float64.
func plainNumber(value any) any {
	n, ok := value.(json.Number)
	if !ok {
		return value
	}
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	if float, err := n.Float64(); err == nil {
		return float
	}
	return n.String()
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

const headBytes = 1 << 16

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), headBytes-len(h.text))]...)
	return len(p), nil
}

// lastWords is the line in which a Go program says why it dies, or else the last
// one.
func (h *head) lastWords() string {
	lines := strings.Split(strings.TrimSpace(string(h.text)), "\n")
	for _, line := range lines {
		for _, begin := range []string{"panic: ", "fatal error: ", "runtime: out of memory", "SIG", "terminate called"} {
			if strings.HasPrefix(line, begin) {
				return excerpt(line)
			}
		}
	}
	return excerpt(lines[len(lines)-1])
}
