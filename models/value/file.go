package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"perennial/models/leaderboard"
)

const (
	fileFormat  = "perennial value"
	fileVersion = 1
	fileLimit   = 64 << 20 // bounds what Read takes in; boosted trees are a few hundred kilobytes
)

// file is the JSON document of a model.
type file struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	*Model
}

// Write implements leaderboard.Model. The purchase model is saved by itself.
func (m *Model) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file{fileFormat, fileVersion, m}); err != nil {
		return fmt.Errorf("value: write model: %w", err)
	}
	return nil
}

// Read reads what Write wrote; purchase is P(order within LabelDays), nil for
// learners that do not need it. Another format or version, and a truncated or
// altered file that cannot be a model are errors.
func Read(r io.Reader, purchase leaderboard.Model) (*Model, error) {
	f := file{Model: &Model{purchase: purchase}}
	if err := f.decode(r); err != nil {
		return nil, fmt.Errorf("value: read model: %w", err)
	}
	if err := f.Model.validate(); err != nil {
		return nil, fmt.Errorf("value: read model: %w", err)
	}
	return f.Model, nil
}

func (f *file) decode(r io.Reader) error {
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the model, or it is too long")
	}
	switch {
	case f.Format != fileFormat:
		return fmt.Errorf("format is %q, not %q", f.Format, fileFormat)
	case f.Version != fileVersion:
		return fmt.Errorf("version is %d; this program reads %d (train again)", f.Version, fileVersion)
	}
	return nil
}

func (m *Model) validate() error {
	switch {
	case !slices.Contains([]string{meanForAll, meanRate, twoPart, byBase, boosted}, m.Learner):
		return fmt.Errorf("learner %q is not known", m.Learner)
	case m.Learner == twoPart && m.purchase == nil:
		return errors.New("the two-part model needs its purchase model")
	case (m.Learner == byBase) != (m.CustomerBase != nil):
		return errors.New("the customer base and the learner do not agree")
	case (m.Learner == boosted) != (m.Boosted != nil):
		return errors.New("trees and learner do not agree")
	case m.LabelDays < 1 || m.LabelDays > 36500:
		return fmt.Errorf("labels of %d days", m.LabelDays)
	case m.Learner == twoPart && (m.Frequency.WeightDays == 0 || m.OrderValue.Weight == 0):
		return errors.New("a weight is 0")
	case len(m.Interval.Limits) != groups-1 || len(m.Interval.Low) != groups || len(m.Interval.High) != groups:
		return fmt.Errorf("the interval has not %d groups", groups)
	case !slices.IsSorted(m.Interval.Limits):
		return errors.New("the limits of the interval are out of order")
	}
	const most = 1e15 // of anything, so that no product overflows
	for _, v := range slices.Concat([]float64{
		m.Growth, m.MeanOrders, m.MeanRevenue,
		m.Frequency.DailyRate, m.Frequency.WeightDays, m.Frequency.Scale,
		m.OrderValue.Mean, m.OrderValue.Weight, m.OrderValue.Scale,
	}, m.Interval.Limits, m.Interval.Low, m.Interval.High) {
		if v < 0 || v > most {
			return fmt.Errorf("%g is out of range", v)
		}
	}
	return nil
}
