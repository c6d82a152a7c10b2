package publish

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

func TestManifest(t *testing.T) {
	st := store.NewMemory()
	start := time.Date(2026, 11, 21, 2, 15, 0, 0, time.UTC)
	want := &Manifest{
		RunID: NewRunID(start, 255), AsOf: sampleDay, StartedAt: start, EndedAt: start.Add(time.Minute),
		Outcome: "published", Commit: 42, ConfigHash: "c0ffee", PeakRSSBytes: 1 << 30,
		Versions: map[string]string{"perennial": "1.0.0"},
		Inputs:   []Input{{Source: "orders", Fingerprint: "f00d", Rows: 10, Rejected: 1}},
		Stages:   []Stage{{"extract", 0.5}, {"score", 0.25}},
		Gates:    []Gate{{Name: "H1", Status: Passed}},
	}
	for range 2 { // a lost answer makes the writer try again
		if err := WriteManifest(t.Context(), st, want); err != nil {
			t.Fatal(err)
		}
	}
	body, err := st.Read(t.Context(), "runs/20261121t021500z-00000000000000ff/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var got Manifest
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	want.Outcome = "failed"
	if err := WriteManifest(t.Context(), st, want); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second, other manifest of a run: %v, want ErrExists", err)
	}
	if err := WriteManifest(t.Context(), st, &Manifest{RunID: "../../x"}); err == nil {
		t.Error("a manifest outside the store")
	}
}
