package golearn

import (
	"context"
	"io"
	"testing"

	"perennial/models/modeltest"
)

func TestForestPassesBattery(t *testing.T) {
	modeltest.Run(t, modeltest.Subject{
		Fit: func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (modeltest.Model, error) {
			return ForestConfig{Trees: 10}.Fit(ctx, columns, x, y, weights)
		},
		Read: func(r io.Reader) (modeltest.Model, error) { return ReadForest(r) },
	})
}

func TestLiblinearPassesBattery(t *testing.T) {
	modeltest.Run(t, modeltest.Subject{
		Fit: func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (modeltest.Model, error) {
			return LiblinearConfig{}.Fit(ctx, columns, x, y, weights)
		},
		Read: func(r io.Reader) (modeltest.Model, error) { return ReadLiblinear(r) },
	})
}
