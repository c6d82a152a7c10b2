package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"perennial/pipeline/store"
	"perennial/pipeline/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.RunKeeper(t, func(*testing.T) store.Keeper { return store.NewMemory() })
}

func TestFolder(t *testing.T) {
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper { return openFolder(t, t.TempDir()) })
}

func TestOpenSaysWhatIsSupported(t *testing.T) {
	for _, open := range []func(string) (store.Keeper, error){store.Open, store.OpenToRead} {
		for _, location := range []string{"s3://bucket", "gs://", "gs://bucket/../other", ""} {
			if _, err := open(location); err == nil || !strings.HasPrefix(err.Error(), "store: ") {
				t.Errorf("open %q: %v, want an error that says what to do", location, err)
			}
		}
	}
}

func TestOpenToReadRefusesToWrite(t *testing.T) {
	dir := t.TempDir()
	if _, err := store.OpenToRead(dir + "/typo"); err == nil || !strings.Contains(err.Error(), "check store:") {
		t.Errorf("absent folder: %v, want an error that says what to do", err)
	}
	if err := openFolder(t, dir).Create(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	st, err := store.OpenToRead(dir)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := st.Read(t.Context(), "a"); string(body) != "x" || err != nil {
		t.Errorf("Read = %q, %v", body, err)
	}
	if err := st.Create(t.Context(), "b", nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Create: %v, want ErrReadOnly", err)
	}
	if err := st.Replace(t.Context(), "a", nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Replace: %v, want ErrReadOnly", err)
	}
}

func Example() {
	ctx := context.Background()
	st := store.NewMemory()
	for _, night := range []string{"monday", "tuesday"} {
		err := st.Create(ctx, "commits/1", []byte(night))
		fmt.Println(night, errors.Is(err, store.ErrExists))
	}
	body, err := st.Read(ctx, "commits/1")
	fmt.Println(string(body), err)
	// Output:
	// monday false
	// tuesday true
	// monday <nil>
}

func openFolder(t *testing.T, dir string) *store.Folder {
	t.Helper()
	f, err := store.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}
