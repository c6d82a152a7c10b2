package table

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"
)

// mood is an integer type with a name.
type mood int8

// note is a row of everything that a RowReader reads.
type note struct {
	ID      string    `parquet:"id"`
	At      time.Time `parquet:"at,timestamp(microsecond)"`
	Day     *int32    `parquet:"day,date,optional"`
	Kind    string    `parquet:"kind,dict,optional"`
	Mood    mood      `parquet:"mood"`
	Count   int       `parquet:"count"`
	Share   *float64  `parquet:"share,optional"`
	Small   float32   `parquet:"small"`
	Done    bool      `parquet:"done"`
	Words   []string  `parquet:"words,list"`
	Numbers []float64 `parquet:"numbers,list"`
	Steps   []step    `parquet:"steps,list"`
	Past    []step    `parquet:"past"`
	Change  *change   `parquet:"change,optional"`
	Where   change    `parquet:"where"`
	Untold  string    // goes by its name
	Hidden  int       `parquet:"-"`
}

type step struct {
	Code  string   `parquet:"code,dict"`
	Value *float64 `parquet:"value,optional"`
}

type change struct {
	Delta float64 `parquet:"delta"`
	Cause string  `parquet:"cause,dict"`
	Deep  *step   `parquet:"deep,optional"`
}

func noteGenerator() *rapid.Generator[note] {
	word := rapid.SampledFrom([]string{"", "a", "tea", "coffee", "ä long word that is no short one"})
	number := rapid.Custom(func(t *rapid.T) *float64 {
		if rapid.Bool().Draw(t, "null") {
			return nil
		}
		x := rapid.SampledFrom([]float64{0, -1.5, math.Inf(1), 1e300}).Draw(t, "x")
		return &x
	})
	steps := rapid.Custom(func(t *rapid.T) step { return step{word.Draw(t, "code"), number.Draw(t, "value")} })
	changes := rapid.Custom(func(t *rapid.T) change {
		c := change{Delta: rapid.Float64().Draw(t, "delta"), Cause: word.Draw(t, "cause")}
		if rapid.Bool().Draw(t, "deep") {
			c.Deep = new(steps.Draw(t, "step"))
		}
		return c
	})
	return rapid.Custom(func(t *rapid.T) note {
		n := note{
			ID: word.Draw(t, "id"), At: time.UnixMicro(rapid.Int64Range(-1e15, 1e15).Draw(t, "at")).UTC(), Kind: word.Draw(t, "kind"),
			Mood: mood(rapid.IntRange(-2, 2).Draw(t, "mood")), Count: rapid.Int().Draw(t, "count"), Share: number.Draw(t, "share"),
			Small: rapid.Float32().Draw(t, "small"), Done: rapid.Bool().Draw(t, "done"), Where: changes.Draw(t, "where"), Untold: word.Draw(t, "untold"),
			Words: rapid.SliceOfN(word, 0, 4).Draw(t, "words"), Steps: rapid.SliceOfN(steps, 0, 3).Draw(t, "steps"),
			Past:    rapid.SliceOfN(steps, 0, 3).Draw(t, "past"),
			Numbers: rapid.SliceOfN(rapid.Float64(), 0, 3).Draw(t, "numbers"),
		}
		if rapid.Bool().Draw(t, "dated") {
			n.Day = new(int32(rapid.IntRange(0, 1).Draw(t, "day")))
		}
		if rapid.Bool().Draw(t, "changed") {
			n.Change = new(changes.Draw(t, "change"))
		}
		return n
	})
}

func written[T any](t interface{ Fatal(...any) }, rows []T, options ...parquet.WriterOption) *parquet.File {
	var body bytes.Buffer
	w := parquet.NewGenericWriter[T](&body, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(body.Bytes()), int64(body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// readRows reads all rows, batch at a time.
func readRows[T any](t interface{ Fatal(...any) }, file *parquet.File, batch int, without ...string) []T {
	r, err := NewRowReader[T](file, without...)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	rows := make([]T, batch)
	for {
		n, err := r.Read(rows)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows[:n]...)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRowsComeBack: whatever was written is read, in pages, groups and batches of
// any size.
func TestRowsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(noteGenerator(), 1, 40).Draw(t, "notes")
		file := written(t, want,
			parquet.PageBufferSize(rapid.SampledFrom([]int{1, 64, 1 << 20}).Draw(t, "page")),
			parquet.MaxRowsPerRowGroup(rapid.Int64Range(1, 50).Draw(t, "group")),
			parquet.DataPageVersion(rapid.IntRange(1, 2).Draw(t, "version")))
		got := readRows[note](t, file, rapid.IntRange(1, 50).Draw(t, "batch"))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestRowsAreReadOften: more values of a page than are decoded at a time, and
// batches that keep nothing of the rows before.
func TestRowsAreReadOften(t *testing.T) {
	want := make([]note, 3*rowBlock+5)
	for i := range want {
		want[i].ID, want[i].Kind, want[i].At = fmt.Sprint(i), fmt.Sprint(i%7), time.UnixMicro(1).UTC()
		if i%3 == 0 {
			want[i].Words = strings.Split("a b c d e", " ")[:i%5]
			want[i].Change = &change{Delta: 1}
		}
	}
	if diff := cmp.Diff(want, readRows[note](t, written(t, want), 100), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestRowsWithoutColumns(t *testing.T) {
	day := time.UnixMicro(0).UTC()
	whole := note{ID: "a", At: day, Kind: "k", Steps: []step{{Code: "c", Value: new(1.)}}, Change: &change{Delta: 1, Cause: "x"}, Words: []string{"w"}}
	want := note{ID: "a", At: day, Steps: []step{{Code: "c"}}, Words: []string{"w"}}
	got := readRows[note](t, written(t, []note{whole}), 1, "kind", "steps.value", "change")
	if diff := cmp.Diff([]note{want}, got); diff != "" {
		t.Error(diff)
	}
}

// TestRowsOfAnotherVersion: columns come and go between versions of a table.
func TestRowsOfAnotherVersion(t *testing.T) {
	type earlier struct {
		ID   string `parquet:"id"`
		Gone string `parquet:"gone"`
	}
	got := readRows[note](t, written(t, []earlier{{"a", "x"}, {"b", "y"}}), 9)
	if diff := cmp.Diff([]note{{ID: "a"}, {ID: "b"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRowsOfAnotherType(t *testing.T) {
	type wrong struct {
		ID int64 `parquet:"id"`
	}
	type deep struct {
		Words string `parquet:"words"`
	}
	type listed struct {
		ID []string `parquet:"id,list"`
	}
	file := written(t, []note{{ID: "a"}})
	for _, test := range []struct {
		want string
		err  error
	}{
		{"id: STRING in the file, not int64", errorOf(NewRowReader[wrong](file))},
		{"words: not a value", errorOf(NewRowReader[deep](file))},
		{"id: not a list of values", errorOf(NewRowReader[listed](file))},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%v, want %q", test.err, test.want)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// FuzzRowReader: whatever bytes are read, the answer is rows or an error.
func FuzzRowReader(f *testing.F) {
	var body bytes.Buffer
	w := parquet.NewGenericWriter[note](&body)
	w.Write([]note{{ID: "a", Words: []string{"b", "c"}}, {ID: "d", Change: &change{Delta: 1}}})
	w.Close()
	f.Add(uint(0), byte(0))
	f.Add(uint(100), byte(1))
	f.Add(uint(900), byte(0xff))
	f.Fuzz(func(t *testing.T, at uint, x byte) {
		damaged := bytes.Clone(body.Bytes())
		damaged[at%uint(len(damaged))] ^= x
		if checkFooter(bytes.NewReader(damaged), int64(len(damaged))) != nil {
			return
		}
		var err error
		var file *parquet.File
		func() {
			defer catch(&err)
			file, err = parquet.OpenFile(bytes.NewReader(damaged), int64(len(damaged)))
		}()
		if err != nil || file.NumRows() > 2 {
			return
		}
		r, err := NewRowReader[note](file)
		if err != nil {
			return
		}
		if n, err := r.Read(make([]note, 2)); err == nil && n != int(file.NumRows()) {
			t.Errorf("%d rows of %d", n, file.NumRows())
		}
		r.Close()
	})
}

func BenchmarkRowReader(b *testing.B) {
	rows := make([]note, 10000)
	for i := range rows {
		rows[i] = note{ID: fmt.Sprint(i), Kind: "k", Share: new(.5), Words: []string{"a", "b"}, Steps: []step{{Code: "c"}}, Change: &change{Cause: "x"}}
	}
	file := written(b, rows)
	type reader interface {
		Read([]note) (int, error)
		Close() error
	}
	for name, open := range map[string]func() (reader, error){
		"columns":    func() (reader, error) { return NewRowReader[note](file) },
		"parquet-go": func() (reader, error) { return parquet.NewGenericReader[note](file), nil },
	} {
		b.Run(name, func(b *testing.B) {
			batch := make([]note, 1000)
			for b.Loop() {
				r, err := open()
				for err == nil {
					_, err = r.Read(batch)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				r.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
		})
	}
}
