package lab

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/models/evaluate"
)

// curveParts are the shares of the training rows that a learning curve is drawn
// over, the last being all of them: one part in 8, 4, 2, 1.
var curveParts = []int{8, 4, 2, 1}

// curvePoint is how well a learner does that was given a part of the rows.
type curvePoint struct {
	learner string
	rows    int
	report  evaluate.Report
}

// learningCurve fits the learners on growing parts of the training rows and
// judges each on the test rows. A row is drawn by a hash of its number, so that
// a part holds the smaller ones.
func (t *learnTask) learningCurve(ctx context.Context, learners []labLearner, whole []trial) ([]curvePoint, error) {
	var points []curvePoint
	for k, l := range learners {
		if !l.asked || l.own != nil || l.name == baseRate {
			continue
		}
		train, _ := t.rowsOf(l)
		for _, part := range curveParts {
			if part == 1 {
				points = append(points, curvePoint{l.name, len(train.Y), whole[k].report})
				continue
			}
			drawn := train.where(func(i int) bool { return drawnFor(i, part) })
			if n := drawn.Positives(); n == 0 || n == len(drawn.Y) {
				return nil, command.Data("--learning-curve: the %d of %d training rows drawn for one part in %d have one outcome (take a larger table)", len(drawn.Y), len(train.Y), part)
			}
			point, err := t.pointOn(ctx, l, drawn)
			if err != nil {
				return nil, fmt.Errorf("%s: on %d rows: %w", l.name, len(drawn.Y), err)
			}
			points = append(points, point)
		}
	}
	return points, nil
}

// pointOn judges a fit on the rows of drawn.
func (t *learnTask) pointOn(ctx context.Context, l labLearner, drawn labRows) (curvePoint, error) {
	model, err := l.fit(ctx, drawn)
	if err != nil {
		return curvePoint{}, err
	}
	of, err := t.judge(l, model)
	return curvePoint{l.name, len(drawn.Y), of.report}, err
}

// drawnFor reports whether row i is in the sample of one row in part.
func drawnFor(i, part int) bool {
	return rand.NewPCG(uint64(i), 0).Uint64() <= math.MaxUint64/uint64(part)
}

// printCurve writes a learning curve for a person.
func (r *learnResult) printCurve(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nlearner\ttraining rows\tAUC\tPR-AUC\tlog loss\tBrier\tECE")
	for _, point := range r.curve {
		report := point.report
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", point.learner, point.rows, figure(report.AUC, 4), figure(report.AveragePrecision, 4),
			figure(report.LogLoss, 4), figure(report.Brier, 4), figure(report.ECE, 4))
	}
	_ = w.Flush() // into a strings.Builder, which never fails
}
