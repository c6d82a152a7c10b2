package logistic

import (
	"context"
	"io"
	"testing"

	"perennial/models/modeltest"
)

func TestBattery(t *testing.T) {
	modeltest.Run(t, modeltest.Subject{
		Fit: func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (modeltest.Model, error) {
			return Config{}.Fit(ctx, columns, x, y, weights)
		},
		Read:     func(r io.Reader) (modeltest.Model, error) { return Read(r) },
		RowOrder: modeltest.Tolerance{Difference: 1e-9, Because: "sums over rows round in their order"},
		Weights:  modeltest.Tolerance{Difference: 1e-9, Because: "sums over rows round in their order"},
	})
}
