package publish

import (
	"time"

	"perennial/pipeline/store"
)

// Policy says what collection keeps. DefaultPolicy is a good one; the zero value
// keeps the newest commit alone and what is being worked on this instant.
type Policy struct {
	Keep   int           // newest commits to keep, at least 1
	Young  time.Duration // a commit, or the records of a night, younger than this is kept whatever their number
	Orphan time.Duration // what no commit names is taken for a crashed run's from this age on
	Rules  []Rule        // about objects that publishing knows nothing of
	Beside store.Keeper  // where the rules hold too, such as the workspace of this machine; nil for nowhere
	DryRun bool          // list what would go, and delete nothing
}

// DefaultPolicy keeps the newest commits, 14 for 0, and all of the last 30 days;
// no run takes 48 hours.
func DefaultPolicy(keep int) Policy {
	if keep == 0 {
		keep = 14
	}
	return Policy{Keep: keep, Young: 30 * 24 * time.Hour, Orphan: 48 * time.Hour}
}

// Rule says what to keep of the objects below a prefix, folder by folder: extracts,
// feature tables, spools. A folder whose newest object is younger than Policy.Orphan
// is kept.
type Rule struct {
	Prefix string // ends with a slash

	// Keep reports whether a folder, or file, just below the prefix is needed; kept
	// are the commits whose sets are kept, newest first. Nil keeps nothing.
	Keep func(name string, kept []*Commit) bool
}

// Collection is what a collection did.
type Collection struct {
	DryRun  bool           `json:"dry_run,omitempty"`
	At      time.Time      `json:"at"`      // by the store's clock
	Head    uint64         `json:"head"`    // 0: no commit yet
	Kept    []uint64       `json:"kept"`    // commits whose sets are kept, newest first
	Deleted []store.Object `json:"deleted"` // or that would be
	Bytes   int64          `json:"bytes"`   // of them
	Staging int            `json:"staging"` // files of killed writes, which have no key
	Spared  []string       `json:"spared"`  // runs that are committing right now
	Live    []string       `json:"live"`    // runs that are under way, by the lease and the nights begun
}

// delete notes an object as deleted.
func (c *Collection) delete(object store.Object) {
	c.Deleted = append(c.Deleted, object)
	c.Bytes += object.Size
}
