package value

import "testing"

func BenchmarkYear100kRows(b *testing.B) {
	board, _, _ := perfumery.compete(b, config, 2000, 200)
	m := modelOf(b, board, twoPart)
	rows, _ := perfumery.draw(100_000, 3)
	b.ReportAllocs()
	for b.Loop() {
		year(b, m, rows)
	}
}

func BenchmarkFit100kRows(b *testing.B) {
	rows, labels := perfumery.draw(100_000, 3)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fit(b.Context(), twoPart, config, rows, labels); err != nil {
			b.Fatal(err)
		}
	}
}
