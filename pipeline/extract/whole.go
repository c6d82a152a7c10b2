package extract

import (
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Verify reads every file of the extract and compares it with the hash that was
// noted when it was written. It is ErrBadData if one has other bytes: an extract is
// not made durable, which would cost more than to read the sources again after a
// power cut.
func (e *Extract) Verify() error {
	var state memoryState
	err := state.load(e.dir)
	for i := range state.Sources {
		if err == nil {
			err = state.Sources[i].compare(e.dir, tableOf(state.Sources[i].Table))
		}
	}
	if err != nil {
		return dataError("extract: verify: %w (run extract again)", err)
	}
	return nil
}

// compare returns an error unless the source's sorted files in an extract are
// those that were written.
func (s *sourceState) compare(dir string, t *canonicalTable) error {
	if t == nil {
		return fmt.Errorf("%s: table %q is not known", stateFile, s.Table)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k, want := range s.Sorted {
		group.Go(func() error {
			path := sortedPath(dir, t, k)
			sum, err := sumFile(path)
			if err == nil && sum != want {
				err = fmt.Errorf("%s: SHA-256 %s, not %s", path, sum, want)
			}
			return err
		})
	}
	return group.Wait()
}

// tableOf returns the canonical table of a name, or nil.
func tableOf(name string) *canonicalTable {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	return nil
}
