package extract

import (
	"context"
	"encoding/json"
	"errors"
	"syscall"

	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
)

// What a parent may ask its child, as request.Call.
const (
	callSurvey  = "survey"  // Config, Earlier → fingerprint; the child keeps the inputs
	callRun     = "run"     // of the inputs surveyed before: AsOf, Dir → runAnswer
	callInspect = "inspect" // Path → Inspection
	callTable   = "table"   // Path, Dir → nothing, but Dir/table.parquet is there
	callProbe   = "probe"   // Path → nothing, but every value of the file was read once
)

// request is a line of the child's standard input. It is answered by any number
// of events, the last of which has an Answer or an Error.
type request struct {
	Call   string            `json:"call"`
	Config *Config           `json:"config,omitempty"`
	AsOf   history.Day       `json:"as_of,omitempty"`
	Dir    string            `json:"dir,omitempty"`
	Path   string            `json:"path,omitempty"`
	Erased *erasure.Portable `json:"erased,omitempty"` // of Config, whose JSON leaves it out
	// Earlier is the folder of the extract to build on; "" is none.
	Earlier string `json:"earlier,omitempty"`

	MemoryBytes  int64 `json:"memory_bytes"`  // bytes that the child may take
	ScratchBytes int64 `json:"scratch_bytes"` // bytes that a file of the child may have
}

// event is a line of the child's standard output.
type event struct {
	Reading []string        `json:"reading,omitempty"` // files that are going to be read
	Read    []string        `json:"read,omitempty"`    // files that have been
	Scratch string          `json:"scratch,omitempty"` // folder of scratch files
	Log     json.RawMessage `json:"log,omitempty"`     // a record, as slog's JSON handler writes it
	Answer  json.RawMessage `json:"answer,omitempty"`
	Error   *wireError      `json:"error,omitempty"`
}

// runAnswer is a report with what its own JSON leaves out.
type runAnswer struct {
	Report *Report      `json:"report"`
	Listed [][]*wireRow `json:"listed"` // of each source
}

// wireRow is a RowError.
type wireRow struct {
	File   string `json:"file,omitempty"`
	Line   int64  `json:"line,omitempty"`
	Field  string `json:"field,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
}

func packRow(e *RowError) *wireRow { return &wireRow{e.File, e.Line, e.Field, e.Value, e.Err.Error()} }

func (w *wireRow) unpack() *RowError {
	return &RowError{w.File, w.Line, w.Field, w.Value, errors.New(w.Reason)}
}

// pack makes an answer of a report.
func pack(r *Report) *runAnswer {
	a := &runAnswer{Report: r, Listed: make([][]*wireRow, len(r.Sources))}
	for i := range r.Sources {
		for _, row := range r.Sources[i].Listed {
			a.Listed[i] = append(a.Listed[i], packRow(row))
		}
	}
	return a
}

// unpack is the report that was packed.
func (a *runAnswer) unpack() (*Report, error) {
	if a.Report == nil || len(a.Listed) != len(a.Report.Sources) {
		return nil, errors.New("the child's report is not whole")
	}
	for i, rows := range a.Listed {
		for _, row := range rows {
			a.Report.Sources[i].Listed = append(a.Report.Sources[i].Listed, row.unpack())
		}
	}
	return a.Report, nil
}

// wireError carries an error: its text, and all that somebody may ask it for.
type wireError struct {
	Text  string        `json:"text"`
	Kinds []string      `json:"kinds,omitempty"`
	Row   *wireRow      `json:"row,omitempty"`
	Errno syscall.Errno `json:"errno,omitempty"`
}

// kinds are the sentinels that keep their identity on the wire, by their text.
var kinds = []error{ErrConfig, ErrMissing, ErrBadData, context.Canceled, context.DeadlineExceeded}

func packError(err error) *wireError {
	w := &wireError{Text: err.Error()}
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			w.Kinds = append(w.Kinds, kind.Error())
		}
	}
	var row *RowError
	if errors.As(err, &row) {
		w.Row = packRow(row)
	}
	errors.As(err, &w.Errno)
	return w
}

// unpack is an error with the text of the one that was packed, and with its
// kinds, its row and its number.
func (w *wireError) unpack() error {
	e := &childError{text: w.Text}
	for _, kind := range kinds {
		for _, text := range w.Kinds {
			if kind.Error() == text {
				e.within = append(e.within, kind)
			}
		}
	}
	if w.Row != nil {
		e.within = append(e.within, w.Row.unpack())
	}
	if w.Errno != 0 {
		e.within = append(e.within, w.Errno)
	}
	return e
}

// childError is an error that came over the wire.
type childError struct {
	text   string
	within []error
}

func (e *childError) Error() string   { return e.text }
func (e *childError) Unwrap() []error { return e.within }
