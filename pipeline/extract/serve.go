package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
)

// ChildCommand is the first argument of the child process that reads files.
const ChildCommand = "extract-child"

// ServeChild is the whole life of the child process: it answers requests until
// stdin ends, because the parent wants no more or is gone. main calls it with
// the process's own stdin and stdout when the first argument is ChildCommand,
// prints an error to stderr and exits with a status other than 0.
func ServeChild(stdin io.Reader, stdout io.Writer) error {
	// Who stops the parent may signal the whole group; the parent then ends its
	// child itself.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	requests := make(chan request)
	ended := make(chan error, 1)
	go func() {
		defer close(requests)
		defer cancel()
		decoder := json.NewDecoder(stdin)
		for {
			var r request
			if err := decoder.Decode(&r); err != nil {
				ended <- err
				return
			}
			requests <- r
		}
	}()
	s := &server{out: json.NewEncoder(stdout)}
	for r := range requests {
		if err := s.serve(ctx, &r); err != nil {
			return fmt.Errorf("extract: %s: %w", ChildCommand, err)
		}
	}
	if err := <-ended; err != io.EOF {
		return fmt.Errorf("extract: %s: read request: %w", ChildCommand, err)
	}
	return nil
}

// server answers requests.
type server struct {
	mu     sync.Mutex
	out    *json.Encoder
	inputs *Inputs // of the last survey
}

// serve answers one request. Its error is one of answering.
func (s *server) serve(ctx context.Context, r *request) error {
	if err := limitProcess(r.MemoryBytes, r.ScratchBytes); err != nil {
		return fmt.Errorf("limit this process: %w", err)
	}
	// Most of the memory is DuckDB's, which Go does not see.
	debug.SetMemoryLimit(r.MemoryBytes / 4)
	answer, err := s.handle(ctx, r)
	if err != nil {
		return s.send(event{Error: packError(err)})
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return s.send(event{Answer: text})
}

func (s *server) handle(ctx context.Context, r *request) (any, error) {
	switch r.Call {
	case callSurvey:
		return s.survey(ctx, r)
	case callRun:
		if s.inputs == nil {
			return nil, errors.New("extract: nothing was surveyed")
		}
		report, err := s.inputs.Run(ctx, r.AsOf, r.Dir, slog.New(slog.NewJSONHandler(logWriter{s}, nil)))
		if err != nil {
			return nil, err
		}
		return pack(report), nil
	case callInspect:
		return inspect(ctx, r.Path, s.tell)
	case callTable:
		return struct{}{}, writeTable(ctx, r.Path, filepath.Join(r.Dir, tableFile), s.tell)
	case callProbe:
		return struct{}{}, probe(ctx, r.Path, s.tell)
	}
	return nil, fmt.Errorf("extract: call %q is not known", r.Call)
}

// survey surveys the sources on top of an earlier extract, if there is one.
func (s *server) survey(ctx context.Context, r *request) (any, error) {
	c := *r.Config
	c.InProcess, c.witness, c.Erased = true, s.tell, r.Erased.List()
	var memory *Memory
	var err error
	if r.Earlier != "" {
		if memory, err = Recall(r.Earlier); err != nil {
			return nil, err
		}
	}
	if s.inputs, err = memory.Survey(ctx, c); err != nil {
		return nil, err
	}
	return s.inputs.Fingerprint(), nil
}

func (s *server) send(e event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Encode(e)
}

// tell is the witness of what the server runs. Without a parent there is nobody
// to tell, and the end of stdin says so.
func (s *server) tell(e event) { _ = s.send(e) }

// logWriter sends the lines that a JSON handler writes, one a call.
type logWriter struct{ s *server }

func (w logWriter) Write(line []byte) (int, error) { return len(line), w.s.send(event{Log: line}) }
