package evaluate

import (
	"math"
	"testing"
)

func TestCertainMistakesAreFinite(t *testing.T) {
	near(t, "a certain mistake", LogLoss([]float64{1}, []float64{0}, nil), -math.Log(1e-15), 1e-9)
	near(t, "the other one", LogLoss([]float64{0}, []float64{1}, nil), -math.Log(1e-15), 0.01)
	near(t, "a certain hit", LogLoss([]float64{1, 0}, []float64{1, 0}, nil), 0, 1e-14)
}

func TestLossesOfTheRate(t *testing.T) {
	y, p := []float64{1, 0, 0, 0}, []float64{0.25, 0.25, 0.25, 0.25}
	near(t, "Brier is r(1−r)", Brier(y, p, nil), 0.25*0.75, 1e-15)
	near(t, "log loss is the entropy", LogLoss(y, p, nil), -0.25*math.Log(0.25)-0.75*math.Log(0.75), 1e-15)
}

func TestLogLossIsTheMeanOfLogLosses(t *testing.T) {
	y, p, _ := forty()
	losses := make([]float64, len(y))
	LogLosses(losses, y, p)
	sum := 0.0
	for _, loss := range losses {
		sum += loss
	}
	near(t, "mean", LogLoss(y, p, nil), sum/40, 1e-15)
}
