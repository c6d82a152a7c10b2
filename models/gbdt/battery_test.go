package gbdt

import (
	"context"
	"io"
	"testing"

	"perennial/models/modeltest"
)

func TestBattery(t *testing.T) {
	modeltest.Run(t, modeltest.Subject{
		Fit: func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (modeltest.Model, error) {
			return Config{Trees: 60, LearningRate: 0.1, MinData: 20}.Fit(ctx, columns, x, y, weights)
		},
		Read: func(r io.Reader) (modeltest.Model, error) { return Read(r) },
	})
}
