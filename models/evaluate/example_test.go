package evaluate_test

import (
	"fmt"

	"perennial/models/evaluate"
)

func Example() {
	ordered := []float64{1, 0, 1, 1, 0, 0, 0, 1, 0, 0}
	model := []float64{0.9, 0.4, 0.7, 0.6, 0.2, 0.1, 0.5, 0.4, 0.3, 0.1}
	rate := []float64{0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4}

	r := evaluate.Binary(ordered, model)
	fmt.Printf("AUC %.3f, log loss %.3f, top tenth captures %.0f%%\n", r.AUC, r.LogLoss, 100*r.Capture10)

	a, b := make([]float64, len(ordered)), make([]float64, len(ordered))
	evaluate.LogLosses(a, ordered, model)
	evaluate.LogLosses(b, ordered, rate)
	i := evaluate.Bootstrap(a, b, 1000, 1)
	fmt.Printf("against the rate %.2f, better: %v\n", i.Difference, i.Decided() && i.Difference < 0)
	// Output:
	// AUC 0.938, log loss 0.388, top tenth captures 25%
	// against the rate -0.28, better: true
}

func ExampleNextBasket() {
	ranked := []string{"milk", "bread", "tea"}
	bought := []string{"bread", "jam"}
	earlier := []string{"milk", "bread"}
	b := evaluate.NextBasket(ranked, bought, earlier, 3)
	fmt.Printf("recall@3 %.2f, ndcg@3 %.2f, repeats %.0f, new %.0f\n", b.Recall, b.NDCG, b.RecallRepeat, b.RecallExplore)
	// Output:
	// recall@3 0.50, ndcg@3 0.39, repeats 1, new 0
}
