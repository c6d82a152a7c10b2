package btyd

import "testing"

// benchmarkFit fits the million customers that testdata/peer.py fits.
func benchmarkFit(b *testing.B, family Family) {
	customers := million(b, BGNBD)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Config{}.Fit(b.Context(), family, customers)
		if err != nil {
			b.Fatal(err)
		}
		if f.Status() != Converged {
			b.Fatal(f.Status())
		}
	}
}

func BenchmarkFitBGNBDMillionCustomers(b *testing.B)     { benchmarkFit(b, BGNBD) }
func BenchmarkFitParetoNBDMillionCustomers(b *testing.B) { benchmarkFit(b, ParetoNBD) }

func BenchmarkAggregateMillionCustomers(b *testing.B) {
	customers := million(b, BGNBD)
	b.ReportAllocs()
	for b.Loop() {
		if rows := aggregate(customers, nil); len(rows) < len(customers)/4 {
			b.Fatalf("only %d distinct customers: not what a shop looks like", len(rows))
		}
	}
}

// benchmarkScore answers everything for a million customers on one core.
func benchmarkScore(b *testing.B, family Family, n int) {
	customers := million(b, BGNBD)[:n]
	spend := &GammaGamma{p: 6.25, q: 3.74, gamma: 15.44, mean: 35}
	s, err := NewScorer(model(b, family, cdnowParameters[family]...), ScoreConfig{
		Horizons: []float64{30.0 / 7, 60.0 / 7, 90.0 / 7, 180.0 / 7}, Spend: spend, Workers: 1,
	})
	if err != nil {
		b.Fatal(err)
	}
	var dst Scores
	b.ReportAllocs()
	for b.Loop() {
		s.Score(&dst, customers)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

func BenchmarkScoreBGNBDMillionCustomers(b *testing.B)         { benchmarkScore(b, BGNBD, 1_000_000) }
func BenchmarkScoreParetoNBDTenThousandCustomers(b *testing.B) { benchmarkScore(b, ParetoNBD, 10_000) }

// BenchmarkIntervalsThousandCustomers asks for the 80% intervals of orders and value
// of a thousand customers, with uncertain parameters.
func BenchmarkIntervalsThousandCustomers(b *testing.B) {
	customers := million(b, BGNBD)[:1000]
	for i := range customers {
		customers[i].Value = float64(10 + i%50)
	}
	f, err := Config{}.Fit(b.Context(), BGNBD, customers)
	if err != nil {
		b.Fatal(err)
	}
	spend, err := Config{}.FitSpend(b.Context(), customers)
	if err != nil {
		b.Fatal(err)
	}
	m, err := f.Uncertain()
	if err != nil {
		b.Fatal(err)
	}
	plausible := spend.Plausible()
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range customers {
			OrdersInterval(m, c, 26, 0.8)
			ValueInterval(m, plausible, c, 26, 0.8)
		}
	}
}
