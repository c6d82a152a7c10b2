package purchase

import (
	"context"
	"testing"

	"perennial/models/leaderboard"
)

// wide returns rows with as many columns as the feature table has.
func wide(rows int) leaderboard.Rows {
	const columns = 107
	table := shop(rows, 1)
	for k := len(table.Columns); k < columns; k++ {
		other := shop(rows, uint64(k))
		j := k % len(other.Columns)
		table.Columns = append(table.Columns, other.Columns[j]+string(rune('a'+k/26))+string(rune('a'+k%26)))
		table.X = append(table.X, other.X[j])
	}
	return table
}

func BenchmarkPredictAndExplain100kRows(b *testing.B) {
	rows := wide(100_000)
	m := fitted(b, train(b, Config{Lambda: 30}, wide(2000), wide(200)), withLogistic).(*Model)
	p, parts := make([]float64, len(rows.Y)), make([][]float64, len(m.Columns()))
	for j := range parts {
		parts[j] = make([]float64, len(rows.Y))
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Predict(p, rows.Columns, rows.X); err != nil {
			b.Fatal(err)
		}
		if err := m.Explain(parts, rows.Columns, rows.X); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkChooseLambda is what a training night spends on it at most.
func BenchmarkChooseLambda(b *testing.B) {
	rows := wide(sampleRows)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ChooseLambda(context.Background(), rows); err != nil {
			b.Fatal(err)
		}
	}
}
