package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// Manifest says what one run did, whether or not it published. It is written
// once, at the run's end.
type Manifest struct {
	RunID        string            `json:"run_id"`
	AsOf         history.Day       `json:"as_of"`
	StartedAt    time.Time         `json:"started_at"`
	EndedAt      time.Time         `json:"ended_at"`
	Resumed      bool              `json:"resumed,omitempty"` // it went on with a run that was killed: Stages are of the last part
	Outcome      string            `json:"outcome"`           // published, held back, failed or, of a step alone, such as extract done
	Error        string            `json:"error,omitempty"`
	Commit       uint64            `json:"commit,omitempty"` // 0: none
	Versions     map[string]string `json:"versions"`         // of the program and what it is built from
	ConfigHash   string            `json:"config_hash"`
	Models       map[string]string `json:"models,omitempty"` // question → version
	Inputs       []Input           `json:"inputs"`
	Notes        []string          `json:"notes,omitempty"`   // what a person should know: a lease waited for, days without a night
	Extract      string            `json:"extract,omitempty"` // key of the histories that were scored
	Stages       []Stage           `json:"stages"`            // in the order they ran
	Gates        []Gate            `json:"gates,omitempty"`
	PeakRSSBytes int64             `json:"peak_rss_bytes"`
}

// Input is one source as the run found it.
type Input struct {
	Source      string `json:"source"`      // orders, engagements, …
	Fingerprint string `json:"fingerprint"` // equal when the source has not changed
	Files       int    `json:"files,omitempty"`
	Bytes       int64  `json:"bytes,omitempty"`
	Rows        int64  `json:"rows"`
	Rejected    int64  `json:"rejected"`
}

// Stage is one step of the run.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// ManifestKey returns where the manifest of a run is.
func ManifestKey(runID string) string { return "runs/" + runID + "/manifest.json" }

// WriteManifest writes the manifest of a run, which must have none yet.
func WriteManifest(ctx context.Context, st store.Store, m *Manifest) error {
	body, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = createOnce(ctx, st, ManifestKey(m.RunID), append(body, '\n'))
	}
	if err != nil {
		return fmt.Errorf("publish: manifest of run %s: %w", m.RunID, err)
	}
	return nil
}

// ReadManifest returns the manifest of a run, or store.ErrNotExist.
func ReadManifest(ctx context.Context, st store.Store, runID string) (*Manifest, error) {
	body, err := st.Read(ctx, ManifestKey(runID))
	if err != nil {
		return nil, fmt.Errorf("publish: manifest of run %s: %w", runID, err)
	}
	m := new(Manifest)
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("publish: %s: %w", ManifestKey(runID), err)
	}
	return m, nil
}
