package golearn

import (
	"context"
	"testing"
	"time"
)

func TestTelcoQuick(t *testing.T) {
	columns, x, y := telco(t)
	n := len(y)
	cut := n * 7 / 10
	head := make([][]float32, len(x))
	tail := make([][]float32, len(x))
	for j := range x {
		head[j] = x[j][:cut]
		tail[j] = x[j][cut:]
	}
	for _, c := range []ForestConfig{{Trees: 20}, {Trees: 20, MinSplit: 50}, {Trees: 20, MinSplit: 100}, {Trees: 20, Features: 8, MinSplit: 50}} {
		start := time.Now()
		m, err := c.Fit(context.Background(), columns, head, y[:cut], nil)
		if err != nil {
			t.Fatal(err)
		}
		fit := time.Since(start)
		p := make([]float64, n-cut)
		if err := m.Predict(p, columns, tail); err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v auc %.4f fit %v nodes %d", c, auc(p, y[cut:]), fit, len(m.trees[0]))
	}
}
