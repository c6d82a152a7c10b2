package extract

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"perennial/pipeline/history"
)

// surveyApart surveys the sources of a checked configuration in a child process,
// which keeps what it found out for Run, and recalls by itself what m remembers.
func surveyApart(ctx context.Context, c Config, m *Memory) (*Inputs, error) {
	p, err := startChild(c.Limits, c.processMemory())
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	in := &Inputs{config: c, child: p}
	if err := p.call(ctx, request{Call: callSurvey, Config: &c, Erased: c.Erased.Portable(), Earlier: m.folder()}, nil, &in.fingerprint); err != nil {
		return nil, errors.Join(p.accuse(ctx, err), in.Close())
	}
	return in, nil
}

// runApart has the child extract what it has surveyed, and ends it.
func (in *Inputs) runApart(ctx context.Context, asOf history.Day, dir string, log *slog.Logger) (report *Report, err error) {
	defer func() { err = errors.Join(err, in.Close()) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	var answer runAnswer
	if err := in.child.call(ctx, request{Call: callRun, AsOf: asOf, Dir: dir}, log, &answer); err != nil {
		return nil, in.child.accuse(ctx, err)
	}
	return answer.unpack()
}

// Close ends the process that holds the inputs. Inputs that were extracted are
// closed.
func (in *Inputs) Close() error {
	if in.child == nil {
		return nil
	}
	return in.child.close()
}

// callOnce has a child of its own answer one request about a lone file.
func callOnce(ctx context.Context, r request, answer any) (err error) {
	c, err := benchConfig(r.Path).withDefaults()
	if err != nil {
		return err
	}
	p, err := startChild(c.Limits, c.processMemory())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	return p.call(ctx, r, nil, answer)
}

// accuse finds out which of several files has ended a child: every one of them is
// read by a child of its own. err is that of the first child.
func (p *child) accuse(ctx context.Context, err error) error {
	var deadly *deadlyError
	if !errors.As(err, &deadly) || len(deadly.paths) == 1 {
		return err
	}
	for _, path := range deadly.paths {
		one, startErr := startChild(p.limits, p.memory.Load())
		if startErr != nil {
			return err
		}
		found := one.call(ctx, request{Call: callProbe, Path: path}, nil, nil)
		if closeErr := one.close(); closeErr != nil {
			return err
		}
		if errors.As(found, &deadly) {
			return found
		}
	}
	return err
}

// probe reads every value of a file.
func probe(ctx context.Context, path string, w witness) (err error) {
	b, err := openBench(ctx, benchConfig(path), false, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	return b.db.exec(ctx, "SELECT bit_xor(hash(COLUMNS(*))) FROM raw")
}
