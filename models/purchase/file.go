package purchase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
)

const (
	fileFormat  = "perennial purchase"
	fileVersion = 1
	fileLimit   = 64 << 20 // bounds what Read takes into memory, as those of its parts do
)

// file is the JSON document of any model; the learner decides what it holds.
type file struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	part
	HorizonDays       int             `json:"horizon_days,omitempty"`
	Share             *float64        `json:"share,omitempty"`
	PopulationGapDays float64         `json:"population_gap_days,omitempty"`
	Calibration       json.RawMessage `json:"calibration,omitempty"`
	Season            *Season         `json:"season,omitempty"`
}

func (f file) write(w io.Writer) error {
	f.Format, f.Version = fileFormat, fileVersion
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(f); err != nil {
		return fmt.Errorf("purchase: write %s: %w", f.Learner, err)
	}
	return nil
}

// marshal returns what a part of a model writes.
func marshal(part interface{ Write(io.Writer) error }) (json.RawMessage, error) {
	var text bytes.Buffer
	err := part.Write(&text)
	return text.Bytes(), err
}

// Read reads what a Model, RuleModel, BaseRate or Guess wrote. Another format or
// version, a truncated or altered file that cannot be a model, or one above
// 64 MiB is an error.
func Read(r io.Reader) (leaderboard.Model, error) {
	f, err := decode(r)
	if err != nil {
		return nil, fmt.Errorf("purchase: read model: %w", err)
	}
	m, err := f.model()
	if err != nil {
		return nil, fmt.Errorf("purchase: read model: %s: %w", f.Learner, err)
	}
	return m, nil
}

func decode(r io.Reader) (f file, err error) {
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return f, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return f, errors.New("something follows the model, or it is too long")
	}
	switch {
	case f.Format != fileFormat:
		return f, fmt.Errorf("format is %q, not %q", f.Format, fileFormat)
	case f.Version != fileVersion:
		return f, fmt.Errorf("version is %d; this program reads %d (train again)", f.Version, fileVersion)
	}
	return f, nil
}

// model returns the model of the file.
func (f *file) model() (leaderboard.Model, error) {
	switch f.Learner {
	case logisticKind, treesKind, hazardKind, blendKind:
		return f.fitted()
	case recencyRule, ownRhythm, customerBase:
		return f.rule()
	case baseRate:
		if f.Share == nil || *f.Share < 0 || *f.Share > 1 {
			return nil, errors.New("the share is not from 0 to 1")
		}
		return &BaseRate{*f.Share}, nil
	case byGuess:
		if f.HorizonDays < 1 || !(f.PopulationGapDays > 0) {
			return nil, fmt.Errorf("horizon of %d days or gap of %g is not above 0", f.HorizonDays, f.PopulationGapDays)
		}
		return NewGuess(f.HorizonDays, f.PopulationGapDays), nil
	}
	return nil, errors.New("the learner is not known")
}

func (f *file) fitted() (*Model, error) {
	learner, err := f.part.read()
	if err != nil {
		return nil, err
	}
	curve, err := calibrate.Read(bytes.NewReader(f.Calibration))
	if err != nil {
		return nil, err
	}
	if f.Season != nil && impossiblePace(f.Season.Pace) {
		return nil, fmt.Errorf("a season with pace %g is none", f.Season.Pace)
	}
	return &Model{learner, curve, f.Season}, nil
}

func (f *file) rule() (*RuleModel, error) {
	if f.PopulationGapDays < 0 || (f.Learner == ownRhythm) != (f.PopulationGapDays > 0) {
		return nil, fmt.Errorf("population gap of %g days does not fit", f.PopulationGapDays)
	}
	curve, err := calibrate.Read(bytes.NewReader(f.Calibration))
	if err != nil {
		return nil, err
	}
	return &RuleModel{f.Learner, f.PopulationGapDays, curve}, nil
}
