package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/klauspost/compress/zstd"

	"perennial/pipeline/history"
)

// Pull brings what is new in the databases of cfg's sources into the folder dir,
// as dir/<table>/<n>.csv.zst, and returns a configuration whose sources read
// these files. Sources of files stay as they are, and without a source of a
// database Pull does nothing.
//
// A source is pulled once for every asOf: whoever runs the same night again gets
// the same rows. With a watermark the first pull takes everything and the later
// ones what lies above the largest watermark so far, less the look-back; without
// one every pull takes everything, and its load replaces those before it. What
// was asked decides too: a changed sql begins anew, and so does Config.PullAll.
//
// A pull is one statement in a read-only transaction. One whose connection fails
// begins again, and nothing is left of the first half. Errors are ErrConfig and
// ErrBadData or, of a server that cannot be reached after all tries or takes too
// long, of neither kind. None of them shows a password. log may be nil.
func Pull(ctx context.Context, cfg Config, asOf history.Day, dir string, log *slog.Logger) (Config, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return pull(ctx, cfg, asOf, dir, log, wait)
}

func pull(ctx context.Context, cfg Config, asOf history.Day, dir string, log *slog.Logger, wait func(context.Context, int) error) (Config, error) {
	options, err := cfg.Postgres.withDefaults()
	if err != nil {
		return cfg, fmt.Errorf("extract: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return cfg, fmt.Errorf("extract: %w", err)
	}
	for _, t := range tables {
		s := cfg.source(t.name)
		if s.Postgres == "" {
			continue
		}
		if err := s.validate(); err != nil {
			return cfg, fmt.Errorf("extract: sources: %s: %w", t.name, err)
		}
		p := &puller{options: options, table: t.name, source: s, anew: cfg.PullAll, asOf: asOf, dir: filepath.Join(dir, t.name), log: log, wait: wait}
		files, err := p.pull(ctx)
		if err != nil {
			return cfg, fmt.Errorf("extract: %s: %w", t.name, err)
		}
		s.pulled(files)
	}
	return cfg, nil
}

// pulled makes a source of a database one of the files pulled from it.
func (s *Source) pulled(files []string) {
	s.Files, s.Postgres, s.SQL, s.Watermark, s.Lookback = files, "", "", "", Lookback{}
	s.Delimiter = ","
}

// wait lets the server recover before another try: 1, 2, 4 … 60 seconds.
func wait(ctx context.Context, try int) error {
	timer := time.NewTimer(min(time.Minute, time.Second<<try))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// puller pulls one source.
type puller struct {
	options Postgres
	table   string
	source  *Source
	anew    bool // pull everything, whatever is there
	asOf    history.Day
	dir     string
	log     *slog.Logger
	wait    func(ctx context.Context, try int) error
}

// asked hashes what decides which rows the database yields: the key too, for a row
// brings along the others of its key.
func (p *puller) asked() string {
	text, err := json.Marshal([]any{p.source.SQL, p.source.Watermark, p.source.Key})
	if err != nil {
		panic("extract: texts can be encoded: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// done reports whether the night's pull is there.
func (p *puller) done(have *loads) bool {
	last := have.newest()
	return last != nil && last.Query == p.asked() && last.AsOf >= p.asOf && !p.anew
}

// pull returns the files of all loads, after one more pull where tonight's is
// not there yet.
func (p *puller) pull(ctx context.Context) ([]string, error) {
	have, err := readLoads(p.dir)
	if err != nil {
		return nil, err
	}
	if p.done(have) {
		last := have.newest()
		p.log.Info("pulled already", "table", p.table, "load", last.N, "rows", last.Rows)
		return have.files()
	}
	if err := os.MkdirAll(p.dir, 0o777); err != nil {
		return nil, err
	}
	if err := have.prune(); err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		err := p.try(ctx, have)
		if err == nil {
			break
		}
		if !errors.Is(err, errConnection) {
			return nil, err
		}
		if try+1 >= p.options.Tries {
			return nil, fmt.Errorf("%w; gave up after %d tries", err, try+1)
		}
		p.log.Warn("pull begins again", "table", p.table, "try", try+2, "error", err.Error())
		if err := p.wait(ctx, try); err != nil {
			return nil, err
		}
	}
	if err := have.prune(); err != nil {
		return nil, err
	}
	return have.files()
}

// try pulls once.
func (p *puller) try(ctx context.Context, have *loads) (err error) {
	began := time.Now()
	conn, err := p.options.connect(ctx, p.source.Postgres)
	if err != nil {
		return err
	}
	// All that was to be known has been read: how the connection ends is no matter.
	defer conn.Close(context.WithoutCancel(ctx))
	record, since, q, err := p.plan(ctx, conn, have)
	if err != nil {
		return err
	}
	if record.Watermark, err = p.options.newest(ctx, conn, q, since); err != nil {
		return err
	}
	if record.Watermark == "" && !record.Full {
		record.Watermark = have.newest().Watermark
	}
	half, err := os.CreateTemp(p.dir, halfLoad)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(half.Name())) }()
	copied, err := p.copy(ctx, conn, q.rows(since), half)
	if err := errors.Join(err, half.Close()); err != nil {
		return err
	}
	record.Rows, record.Bytes, record.SHA256 = copied.rows, copied.bytes, hex.EncodeToString(copied.hash.Sum(nil))
	if err := have.keep(half.Name(), record); err != nil {
		return err
	}
	p.log.Info("pulled", "table", p.table, "load", have.last, "rows", record.Rows, "bytes", record.Bytes, "full", record.Full,
		"since", record.Since, "watermark", record.Watermark, "seconds", time.Since(began).Seconds())
	return nil
}

// plan says which rows to pull.
func (p *puller) plan(ctx context.Context, conn *pgconn.PgConn, have *loads) (record load, since string, q *query, err error) {
	if q, err = p.options.describe(ctx, conn, p.source); err != nil {
		return load{}, "", nil, err
	}
	record = load{AsOf: p.asOf, Query: p.asked()}
	last := have.newest()
	if last != nil && last.Query == record.Query && !p.anew {
		since = q.since(last.Watermark, p.source.lookbackDays(p.table))
		record.Since = last.Watermark
	}
	record.Full = since == ""
	if record.Full {
		record.Since = ""
	}
	return record, since, q, nil
}

// copied is what copy has written.
type copied struct {
	rows, bytes int64
	hash        hash.Hash
	w           io.Writer
	err         error // of writing
}

// Write counts and hashes what goes to the file.
func (c *copied) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.hash.Write(b[:n])
	c.bytes += int64(n)
	c.err = errors.Join(c.err, err)
	return n, err
}

// copy streams the rows of a statement to a file as compressed csv. The server
// sends no faster than the file is written.
func (p *puller) copy(ctx context.Context, conn *pgconn.PgConn, statement string, f *os.File) (*copied, error) {
	c := &copied{w: f, hash: sha256.New()}
	z, err := zstd.NewWriter(c, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	tag, err := conn.CopyTo(ctx, z, "COPY ("+statement+") TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')")
	closeErr := z.Close()
	switch {
	case c.err != nil:
		return nil, c.err
	case err != nil:
		return nil, p.options.failure(ctx, "", err)
	case closeErr != nil:
		return nil, closeErr
	}
	c.rows = tag.RowsAffected()
	return c, f.Sync()
}
