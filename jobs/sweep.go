package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/pipeline/table"
)

// tombstonesKept is how long the delta of an erasure names the erased, so that
// whoever shows them learns to stop: two nights' syncs. Whoever comes later is told
// to read everything, which removes them too.
const tombstonesKept = 48 * time.Hour

// sweep removes erased customers from what the store holds besides the newest
// scores: it deletes what can be made again or is only of use whole, and rewrites
// the rest.
type sweep struct {
	store store.Keeper
	list  *erasure.List
	prose []string // ids as they may stand in texts
	now   time.Time

	needed             map[string]bool // objects of the newest commits, and young tombstones
	committed          map[string]bool // series that have a commit
	refused            string          // a run that will not commit any more; "" for none
	gone               map[string]bool // folders that have been removed
	removed, rewritten int
}

// newSweep prepares a sweep. ids are the customers to look for in texts, where
// the list alone finds them in cells.
func newSweep(st store.Keeper, list *erasure.List, ids []string, env command.Env) *sweep {
	s := &sweep{store: st, list: list, now: env.Clock(), needed: map[string]bool{}, committed: map[string]bool{}, gone: map[string]bool{}}
	for _, id := range ids {
		s.prose = append(s.prose, spellings(id)...)
	}
	return s
}

// everywhere sweeps the store and, where it is elsewhere, this machine's workspace.
func (s *sweep) everywhere(ctx context.Context, work workspace) (err error) {
	if err := s.run(ctx, "sets/", "deltas/", "loads/", "history/", "features/", "spool/", "runs/", "backfill/"); err != nil || !work.apart {
		return err
	}
	folder, err := store.OpenFolder(work.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	elsewhere := s.store
	s.store = folder
	defer func() { s.store = elsewhere }()
	return s.each(ctx, "loads/", "history/", "features/", "spool/", "backfill/")
}

// run sweeps the objects below the prefixes.
func (s *sweep) run(ctx context.Context, prefixes ...string) error {
	series, err := seriesOfScores(ctx, s.store)
	if err != nil {
		return err
	}
	for _, prefix := range series {
		if err := s.need(ctx, prefix); err != nil {
			return err
		}
	}
	return s.each(ctx, prefixes...)
}

func (s *sweep) each(ctx context.Context, prefixes ...string) error {
	for _, prefix := range prefixes {
		for object, err := range s.store.List(ctx, prefix) {
			if err == nil {
				err = s.object(ctx, object.Key)
			}
			if err != nil {
				return fmt.Errorf("remove erased customers: %w", err)
			}
		}
	}
	return nil
}

// need keeps what the newest commit of a series names, which is without the
// erased but for the tombstones in its delta, and the deltas of young erasures.
func (s *sweep) need(ctx context.Context, prefix string) error {
	st := store.Within(s.store, prefix)
	head, err := headOf(ctx, st)
	if head == nil || err != nil {
		return err
	}
	s.committed[prefix] = true
	for _, part := range head.Commit.Parts {
		s.needed[path.Join(prefix, part.Key)] = true
	}
	for n := head.Commit.N; n > 0; n-- {
		reader, err := publish.At(ctx, st, n)
		if errors.Is(err, publish.ErrCorrupt) {
			continue
		}
		if err != nil {
			return err
		}
		c := reader.Commit
		young := s.now.Sub(c.CreatedAt) < tombstonesKept
		if c.Kind == publish.KindErasure && c.Delta != nil && (young || n == head.Commit.N) {
			for _, part := range c.Delta.Parts {
				s.needed[path.Join(prefix, part.Key)] = true
			}
		}
		if !young {
			return nil
		}
	}
	return nil
}

// object removes or rewrites one object, if an erased customer is in it.
func (s *sweep) object(ctx context.Context, key string) error {
	folder := folderOf(key)
	if s.needed[key] || s.gone[folder] || s.mayBeCommitted(key) {
		return nil
	}
	body, err := s.store.Read(ctx, key)
	if errors.Is(err, store.ErrNotExist) {
		return nil // removed since it was listed
	}
	if err != nil || !s.holds(key, body) {
		return err
	}
	switch kind := kindOf(key); {
	case kind == "history" || kind == "spool" || kind == "loads":
		return s.removeFolder(ctx, folder)
	case kind == "features":
		return s.rewriteTable(ctx, key, body)
	case kind == "runs" && path.Ext(key) != ".parquet":
		s.rewritten++
		return s.store.Replace(ctx, key, s.redacted(key, body))
	}
	s.removed++
	return s.store.Delete(ctx, key)
}

// mayBeCommitted reports whether a run may still commit the object. Where there is a
// commit, the erasure's has stopped all runs before it; the first night of a series
// looks at the list again when it has committed.
func (s *sweep) mayBeCommitted(key string) bool {
	rest := withinSeries(key)
	series := strings.TrimSuffix(strings.TrimSuffix(key, rest), "/")
	return kindOf(key) == "sets" && !s.committed[series] && (s.refused == "" || !strings.HasPrefix(rest, "sets/"+s.refused+"/"))
}

// holds reports whether an erased customer is in an object. One that cannot be read
// may hold anybody.
func (s *sweep) holds(key string, body []byte) bool {
	switch path.Ext(key) {
	case ".zst":
		return s.heldInPull(body)
	case ".parquet":
		found, err := s.list.InParquet(body)
		return found || err != nil
	}
	return !bytes.Equal(s.redacted(key, body), body)
}

// removeFolder removes an extract, a spool or the pulls of a table whole: with a
// part gone they would be torn. No night uses an extract or a spool again, for its key
// knows the list, and what is gone is pulled again. Marks of completeness go first.
func (s *sweep) removeFolder(ctx context.Context, folder string) error {
	for _, mark := range []string{filesFile, "extract.json"} {
		if err := s.store.Delete(ctx, folder+mark); err != nil {
			return err
		}
	}
	var keys []string
	for object, err := range s.store.List(ctx, folder) {
		if err != nil {
			return err
		}
		keys = append(keys, object.Key)
	}
	for _, key := range keys {
		s.removed++
		if err := s.store.Delete(ctx, key); err != nil {
			return err
		}
	}
	s.gone[folder] = true
	return nil
}

// rewriteTable writes a feature table without the rows of erased customers; one
// that cannot be read is removed.
func (s *sweep) rewriteTable(ctx context.Context, key string, body []byte) error {
	t, err := table.ReadParquet(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		s.removed++
		return s.store.Delete(ctx, key)
	}
	ids, err := t.Column("customer_id")
	if err != nil {
		return err
	}
	columns := make([]table.Column, len(t.Columns))
	for j, column := range t.Columns {
		columns[j] = table.Column{Name: column.Name}
		for i := range t.Rows() {
			switch {
			case s.list.Erased(ids.Texts[i]):
			case column.Texts != nil:
				columns[j].Texts = append(columns[j].Texts, column.Texts[i])
			default:
				columns[j].Numbers = append(columns[j].Numbers, column.Numbers[i])
			}
		}
	}
	left, err := table.New(columns...)
	if err != nil {
		return err
	}
	if left.Rows() == 0 {
		s.removed++
		return s.store.Delete(ctx, key)
	}
	var out bytes.Buffer
	if err := left.WriteParquet(&out); err != nil {
		return err
	}
	s.rewritten++
	return s.store.Replace(ctx, key, out.Bytes())
}

// kindOf returns the first folder of a key, within its series.
func kindOf(key string) string {
	kind, _, _ := strings.Cut(withinSeries(key), "/")
	return kind
}

// folderOf returns the folder of a key that is of use only whole, with its slash:
// history/<extract>/, spool/<run>/ or loads/<table>/.
func folderOf(key string) string {
	rest := withinSeries(key)
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) < 3 {
		return key
	}
	return strings.TrimSuffix(key, rest) + parts[0] + "/" + parts[1] + "/"
}

// withinSeries returns the key within the series of a past day, if it is in one.
func withinSeries(key string) string {
	if parts := strings.SplitN(key, "/", 3); len(parts) == 3 && parts[0] == "backfill" {
		return parts[2]
	}
	return key
}
