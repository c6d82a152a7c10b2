package storetest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"perennial/pipeline/store"
)

// ErrCrashed is what every operation returns on a disk whose process is dead.
var ErrCrashed = errors.New("the process is dead")

var _ store.Disk = (*Disk)(nil)

// Disk is a store.Disk in memory that tells what was synced from what was not,
// and can crash between any two operations. A file's bytes are durable after its
// Sync, a name after the Sync of its directory, and neither before: stricter than
// any file system, so that what holds here holds on each.
type Disk struct {
	mu         sync.Mutex
	root       *node
	operations int // those that change something
	crashAfter int // 0 for never
	fail       func(operation int) error
	locked     sync.Mutex
}

// node is a file or a directory.
type node struct {
	mode     fs.FileMode
	modified time.Time
	bytes    []byte
	names    map[string]*node // of a directory

	synced      bool // a file: bytes are durable
	syncedNames map[string]*node
}

func newDir(mode fs.FileMode) *node {
	return &node{mode: mode | fs.ModeDir, names: map[string]*node{}, syncedNames: map[string]*node{}}
}

// NewDisk returns an empty disk.
func NewDisk() *Disk { return &Disk{root: newDir(0o755)} }

// Operations returns how many operations have changed the disk or synced it.
func (d *Disk) Operations() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.operations
}

// CrashAfter kills the process after n more operations that change something.
func (d *Disk) CrashAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crashAfter = d.operations + n
}

// Fail has plan tell, of each operation from now on that changes something, the
// error that it ends with; they are numbered from 1. A write that fails has
// written half.
func (d *Disk) Fail(plan func(operation int) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from := d.operations
	d.fail = func(operation int) error { return plan(operation - from) }
}

// change counts an operation and returns why it is not done. The caller holds
// the lock.
func (d *Disk) change() error {
	if d.dead() {
		return ErrCrashed
	}
	d.operations++
	if d.fail != nil {
		return d.fail(d.operations)
	}
	return nil
}

func (d *Disk) dead() bool { return d.crashAfter > 0 && d.operations >= d.crashAfter }

// AfterKill returns the disk as the next process finds it: with everything that
// was done, synced or not.
func (d *Disk) AfterKill() *Disk {
	return d.copy(func(now, synced map[string]*node) map[string]*node { return now }, func(n *node) []byte { return n.bytes })
}

// Cut is what a power cut does to what was not synced.
type Cut struct {
	// Keep tells of each unsynced change of a name, and of each unsynced file, in
	// turn, whether the disk has it all the same. Nil drops everything.
	Keep func() bool

	// Torn is how much of an unsynced file that is kept is there, from 0 to 1.
	Torn float64
}

// SeededCut keeps nothing for seed 0, everything for seed 1, and about half, as
// the seed has it, for the others.
func SeededCut(seed uint64, torn float64) Cut {
	random := rand.New(rand.NewPCG(seed, 0))
	return Cut{Torn: torn, Keep: func() bool { return seed == 1 || seed > 1 && random.IntN(2) == 0 }}
}

// AfterPowerCut returns the disk as it is after the power came back.
func (d *Disk) AfterPowerCut(cut Cut) *Disk {
	keep := cut.Keep
	if keep == nil {
		keep = func() bool { return false }
	}
	names := func(now, synced map[string]*node) map[string]*node {
		kept := maps.Clone(synced)
		changed := maps.Clone(now)
		maps.Copy(changed, synced)
		for _, name := range slices.Sorted(maps.Keys(changed)) {
			if now[name] == synced[name] || !keep() {
				continue
			}
			delete(kept, name)
			if now[name] != nil {
				kept[name] = now[name]
			}
		}
		return kept
	}
	return d.copy(names, func(n *node) []byte {
		if n.synced {
			return n.bytes
		}
		if !keep() {
			return nil
		}
		return n.bytes[:int(cut.Torn*float64(len(n.bytes)))]
	})
}

// copy returns another disk with the names and bytes that are chosen. All of it
// is durable there.
func (d *Disk) copy(names func(now, synced map[string]*node) map[string]*node, bytes func(*node) []byte) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	copied := map[*node]*node{} // a file with two names is still one
	var visit func(n *node) *node
	visit = func(n *node) *node {
		if c := copied[n]; c != nil {
			return c
		}
		c := &node{mode: n.mode, modified: n.modified, synced: true}
		copied[n] = c
		if !n.mode.IsDir() {
			c.bytes = slices.Clone(bytes(n))
			return c
		}
		c.names, c.syncedNames = map[string]*node{}, map[string]*node{}
		kept := names(n.names, n.syncedNames)
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			c.names[name] = visit(kept[name])
		}
		c.syncedNames = maps.Clone(c.names)
		return c
	}
	return &Disk{root: visit(d.root)}
}

// Fingerprint is the same for disks that hold the same files and directories.
// What lies in folders whose names begin with a dot does not count.
func (d *Disk) Fingerprint() [sha256.Size]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	sum := sha256.New()
	var visit func(name string, n *node)
	visit = func(name string, n *node) {
		fmt.Fprintf(sum, "%s %v %x\n", name, n.mode, sha256.Sum256(n.bytes))
		for _, entry := range slices.Sorted(maps.Keys(n.names)) {
			if !strings.HasPrefix(entry, ".") {
				visit(path.Join(name, entry), n.names[entry])
			}
		}
	}
	visit(".", d.root)
	return [sha256.Size]byte(sum.Sum(nil))
}

// find returns the node of a name.
func (d *Disk) find(name string) (*node, error) {
	n := d.root
	for part := range strings.SplitSeq(path.Clean(name), "/") {
		if part == "." {
			continue
		}
		if n.names == nil {
			return nil, syscall.ENOTDIR
		}
		if n = n.names[part]; n == nil {
			return nil, fs.ErrNotExist
		}
	}
	return n, nil
}

// parent returns the directory that holds a name, whether or not it is taken.
func (d *Disk) parent(name string) (dir *node, base string, err error) {
	dir, err = d.find(path.Dir(name))
	if err == nil && dir.names == nil {
		err = syscall.ENOTDIR
	}
	return dir, path.Base(name), err
}

// add gives a node a name that is free.
func (d *Disk) add(operation, name string, n *node) error {
	dir, base, err := d.parent(name)
	if err == nil && dir.names[base] != nil {
		err = fs.ErrExist
	}
	if err = cmp.Or(err, d.change()); err != nil {
		return &fs.PathError{Op: operation, Path: name, Err: err}
	}
	dir.names[base] = n
	return nil
}

// Create implements store.Disk.
func (d *Disk) Create(name string, mode fs.FileMode) (store.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := &node{mode: mode}
	if err := d.add("create", name, n); err != nil {
		return nil, err
	}
	return &file{d, n, path.Base(name)}, nil
}

// Mkdir implements store.Disk.
func (d *Disk) Mkdir(name string, mode fs.FileMode) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.add("mkdir", name, newDir(mode))
}

// Link implements store.Disk.
func (d *Disk) Link(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(from)
	if err != nil {
		return &fs.PathError{Op: "link", Path: from, Err: err}
	}
	return d.add("link", to, n)
}

// Rename implements store.Disk.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(from)
	source, sourceBase, sourceErr := d.parent(from)
	target, targetBase, targetErr := d.parent(to)
	if err = cmp.Or(err, sourceErr, targetErr); err == nil {
		err = d.change()
	}
	if err != nil {
		return &fs.PathError{Op: "rename", Path: from, Err: err}
	}
	delete(source.names, sourceBase)
	target.names[targetBase] = n
	return nil
}

// Remove implements store.Disk.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(name)
	if err == nil && len(n.names) > 0 {
		err = syscall.ENOTEMPTY
	}
	if err == nil {
		err = d.change()
	}
	if err != nil {
		return &fs.PathError{Op: "remove", Path: name, Err: err}
	}
	dir, base, _ := d.parent(name)
	delete(dir.names, base)
	return nil
}

// Chtimes implements store.Disk.
func (d *Disk) Chtimes(name string, _, modified time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(name)
	if err == nil {
		err = d.change()
	}
	if err != nil {
		return &fs.PathError{Op: "chtimes", Path: name, Err: err}
	}
	n.modified = modified
	return nil
}

// Open implements store.Disk.
func (d *Disk) Open(name string) (store.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(name)
	if d.dead() {
		err = ErrCrashed
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{d, n, path.Base(name)}, nil
}

// Lock implements store.Disk.
func (d *Disk) Lock(context.Context, string) (unlock func() error, err error) {
	d.locked.Lock()
	return func() error { d.locked.Unlock(); return nil }, nil
}

// Close implements store.Disk.
func (d *Disk) Close() error { return nil }

// file is an open file or directory of a Disk.
type file struct {
	disk *Disk
	*node
	base string
}

func (f *file) Write(p []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	err := f.disk.change()
	if err != nil {
		p = p[:len(p)/2]
	}
	f.bytes, f.synced = append(f.bytes, p...), false
	return len(p), err
}

func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.dead() {
		return 0, ErrCrashed
	}
	n := copy(p, f.bytes[min(offset, int64(len(f.bytes))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.change(); err != nil {
		return err
	}
	f.synced, f.syncedNames = true, maps.Clone(f.names)
	return nil
}

func (f *file) ReadDir(int) ([]fs.DirEntry, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.dead() {
		return nil, ErrCrashed
	}
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(f.names)) {
		entries = append(entries, fs.FileInfoToDirEntry(f.names[name].info(name)))
	}
	return entries, nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.info(f.base), nil
}

func (f *file) Close() error { return nil }

// info is what a disk knows of a file.
type info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
}

func (n *node) info(name string) info { return info{name, int64(len(n.bytes)), n.mode, n.modified} }

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
