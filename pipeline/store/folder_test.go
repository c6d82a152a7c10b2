package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestAFailedSyncLeavesNothingVisible(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO, syscall.EDQUOT} {
		dir := t.TempDir()
		f := mustOpen(t, dir)
		f.disk = hooked{Disk: f.disk, sync: func(string, File) error { return cause }}
		for operation, write := range writers(f) {
			err := write("current")
			if !errors.Is(err, cause) || !strings.HasSuffix(err.Error(), ")") {
				t.Errorf("%s: %v, want %v and what to do", operation, err, cause)
			}
		}
		if got := files(t, dir); len(got) > 0 {
			t.Errorf("%v left %v behind", cause, got)
		}
	}
}

func TestOnlyTheFirstSyncOfAFileIsTried(t *testing.T) {
	f := mustOpen(t, t.TempDir())
	syncs := map[string]int{}
	f.disk = hooked{Disk: f.disk, sync: func(name string, _ File) error {
		syncs[name]++
		return syscall.EIO
	}}
	if err := f.Create(t.Context(), "a", []byte("x")); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	for name, n := range syncs {
		if n != 1 {
			t.Errorf("%s was synced %d times after a failure", name, n)
		}
	}
}

// Durable means: the bytes before the name, the name's directory after it, and
// every new directory in the one above.
func TestCreateSyncsBytesThenEntries(t *testing.T) {
	f := mustOpen(t, t.TempDir())
	var log []string
	disk := f.disk
	f.disk = hooked{
		Disk: disk,
		sync: func(name string, file File) error {
			if strings.HasPrefix(name, stagingDir) {
				name = "the staged file"
			}
			log = append(log, "sync "+name)
			return file.Sync()
		},
		link: func(from, to string) error {
			log = append(log, "link "+to)
			return disk.Link(from, to)
		},
	}
	if err := f.Create(t.Context(), "sets/a/part", []byte("x")); err != nil {
		t.Fatal(err)
	}
	want := []string{"sync the staged file", "sync .", "sync sets", "link sets/a/part", "sync sets/a"}
	if !slices.Equal(log, want) {
		t.Errorf("steps %q, want %q", log, want)
	}
}

func TestAFileSystemWithoutLinksIsRefused(t *testing.T) {
	dir := t.TempDir()
	f := mustOpen(t, dir)
	disk := f.disk
	for _, tc := range []struct {
		says string
		link func(from, to string) error
	}{
		{"no hard links", func(string, string) error { return syscall.EPERM }},
		{"links over a name", func(from, to string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, to)), disk.Link(from, to))
		}},
	} {
		f.disk = hooked{Disk: disk, link: tc.link}
		err := f.probe()
		if err == nil || !strings.Contains(err.Error(), tc.says) || !errors.Is(err, errUnfit) {
			t.Errorf("probe: %v, want %q", err, tc.says)
		}
		if got := files(t, dir); len(got) > 0 {
			t.Errorf("the probe left %v behind", got)
		}
	}
}

func TestAFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(filepath.Join(file, "store")); err == nil || !strings.Contains(err.Error(), "a file stands") {
		t.Errorf("OpenFolder below a file: %v, want what to do", err)
	}
	if os.Geteuid() == 0 {
		t.Skip("the super-user may write anywhere")
	}
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(locked); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "give this user") {
		t.Errorf("OpenFolder without permission: %v, want what to do", err)
	}
}

func TestASymlinkDoesNotLeadOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "sets")); err != nil {
		t.Fatal(err)
	}
	f := mustOpen(t, dir)
	if body, err := f.Read(t.Context(), "sets/secret"); err == nil {
		t.Errorf("read %q from outside the store", body)
	}
	if err := f.Create(t.Context(), "sets/new", nil); err == nil {
		t.Error("created an object outside the store")
	}
	if got := files(t, outside); !slices.Equal(got, []string{"secret"}) {
		t.Errorf("outside the store there are now %v", got)
	}
}

func TestPathNamesTheFileOfAKey(t *testing.T) {
	t.Chdir(t.TempDir())
	f := mustOpen(t, "out")
	if err := f.Create(t.Context(), "a/b", []byte("x")); err != nil {
		t.Fatal(err)
	}
	name, err := f.Path("a/b")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if body, err := os.ReadFile(name); string(body) != "x" || err != nil {
		t.Errorf("ReadFile(%s) = %q, %v", name, body, err)
	}
	if name, err := f.Path("../a"); err == nil {
		t.Errorf("Path(../a) = %s", name)
	}
}

func BenchmarkFolderCreate(b *testing.B) {
	f := mustOpen(b, b.TempDir())
	body := make([]byte, 64<<10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if err := f.Create(b.Context(), fmt.Sprintf("sets/a/part-%d", n), body); err != nil {
			b.Fatal(err)
		}
	}
}

// writers returns both ways of writing half a megabyte under a key.
func writers(f *Folder) map[string]func(key string) error {
	body := make([]byte, 512<<10)
	return map[string]func(key string) error{
		"create":  func(key string) error { return f.Create(context.Background(), key, body) },
		"replace": func(key string) error { return f.Replace(context.Background(), key, body) },
	}
}

func mustOpen(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// hooked is a disk whose links and syncs are its own.
type hooked struct {
	Disk
	link func(from, to string) error
	sync func(name string, file File) error
}

func (h hooked) Link(from, to string) error {
	if h.link == nil {
		return h.Disk.Link(from, to)
	}
	return h.link(from, to)
}

func (h hooked) Create(name string, mode fs.FileMode) (File, error) {
	file, err := h.Disk.Create(name, mode)
	return hookedFile{file, h, name}, err
}

func (h hooked) Open(name string) (File, error) {
	file, err := h.Disk.Open(name)
	return hookedFile{file, h, name}, err
}

type hookedFile struct {
	File
	disk hooked
	name string
}

func (h hookedFile) Sync() error {
	if h.disk.sync == nil {
		return h.File.Sync()
	}
	return h.disk.sync(h.name, h.File)
}

// files returns the paths of the files below dir, but for the lock.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
