package lab

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestUselessNumbers(t *testing.T) {
	column := func(rows int, cell func(i int) float32) []float32 {
		v := make([]float32, rows)
		for i := range v {
			v[i] = cell(i)
		}
		return v
	}
	random := rand.New(rand.NewPCG(3, 0))
	tests := []struct {
		name string
		v    []float32
		want string
	}{
		{"x", column(9, func(int) float32 { return nan }), "every cell is missing"},
		{"x", column(9, func(int) float32 { return 7 }), "every cell is the same"},
		{"x", column(9, func(i int) float32 { return []float32{7, nan}[i%2] }), ""},
		{"row", column(100, func(i int) float32 { return float32(i) }), "look like an id"},
		{"row of a quarter", column(100, func(i int) float32 { return float32(7 + i*4) }), "look like an id"},
		{"row of a handful", column(20, func(i int) float32 { return float32(i) }), ""},
		{"orders", column(100, func(i int) float32 { return float32(i % 60) }), ""},
		{"spend", column(100, func(i int) float32 { return float32(i) + 0.5 }), ""},
		{"spend in pence", column(100, func(i int) float32 { return float32(i * i * 97) }), ""},
		{"customer_id", column(100, func(i int) float32 { return float32(i * i * 97) }), "look like an id"},
		{"customerId", column(1000, func(int) float32 { return float32(random.IntN(1 << 24)) }), "look like an id"},
		{"plan_id", column(1000, func(i int) float32 { return float32(i % 5) }), ""},
		{"id", column(1000, func(i int) float32 { return float32(5e12) + float32(i)*1e7 }), "look like an id"},
		{"paid", column(1000, func(i int) float32 { return float32(i * i) }), ""},
		{"hybrid", column(1000, func(i int) float32 { return float32(i * i) }), ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.name, " ", tt.v[:3]), func(t *testing.T) {
			got := uselessNumbers(tt.name, tt.v)
			if (tt.want == "") != (got == "") {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			if tt.want != "" {
				wantNote(t, []string{got}, tt.want)
			}
		})
	}
}

func TestUselessTexts(t *testing.T) {
	names := func(rows, distinct int) []string {
		cells := make([]string, rows)
		for i := range cells {
			cells[i] = fmt.Sprint("name ", i%distinct)
		}
		return cells
	}
	tests := []struct {
		name  string
		cells []string
		want  string
	}{
		{"nothing", []string{"", ""}, "every cell is missing"},
		{"one value", []string{"a", "a"}, "every cell is the same"},
		{"one value or nothing", []string{"a", ""}, ""},
		{"ids", names(100, 100), "100 different texts in 100 rows look like an id"},
		{"ids with few repeats", names(100, 95), "look like an id"},
		{"ids with gaps", append(names(50, 50), make([]string, 500)...), "50 different texts in 50 rows look like an id"},
		{"surnames", names(100, 60), ""},
		{"few rows", names(15, 15), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := uselessTexts(countTexts(tt.cells), len(tt.cells))
			if (tt.want == "") != (got == "") {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			if tt.want != "" {
				wantNote(t, []string{got}, tt.want)
			}
		})
	}
}
