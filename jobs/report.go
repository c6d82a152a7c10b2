package jobs

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
	"perennial/models/value"
	"perennial/pipeline/publish"
)

//go:embed report.html
var reportPage string

// page is what report.html shows: the summary and its boards as pictures.
type page struct {
	*Summary
	Boards      []boardView
	FailedGates []publish.Gate
}

type boardView struct {
	Board   *leaderboard.Board
	Metrics []string
	Points  []point // of the winner's calibration; none for amounts
}

// point is a tenth of customers in a picture of 220 × 220 with a margin of 20.
type point struct {
	X, Y  float64
	Title string
}

// writeReport keeps the night's report beside its manifest.
func (n *night) writeReport(ctx context.Context) error {
	html, err := n.summary.html()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return n.store.Replace(ctx, "runs/"+n.runID+"/report.html", html)
}

func (s *Summary) html() ([]byte, error) {
	functions := template.FuncMap{
		"number": func(v float64) string {
			if math.IsNaN(v) {
				return ""
			}
			return fmt.Sprintf("%.4f", v)
		},
		"metric": func(of map[string]float64, name string) string {
			if v, ok := of[name]; ok {
				return fmt.Sprintf("%.4g", v)
			}
			return ""
		},
		"probability": func(p *float64) string {
			if p == nil {
				return ""
			}
			return fmt.Sprintf("%.0f%%", 100**p)
		},
	}
	t, err := template.New("report").Funcs(functions).Parse(reportPage)
	if err != nil {
		return nil, err
	}
	p := page{Summary: s}
	for k, board := range s.Trained {
		p.Boards = append(p.Boards, viewBoard(board, s.Calibration[k]))
	}
	for _, gate := range s.Gates {
		if gate.Status == publish.Failed {
			p.FailedGates = append(p.FailedGates, gate)
		}
	}
	var html bytes.Buffer
	err = t.Execute(&html, p)
	return html.Bytes(), err
}

func viewBoard(board *leaderboard.Board, points []point) boardView {
	v := boardView{Board: board, Points: points}
	if winner := board.Entry(board.Winner); winner != nil {
		v.Metrics = slices.Sorted(maps.Keys(winner.Metrics))
	}
	return v
}

// calibration draws what the winner predicted against what happened, by tenths of
// the customers; nothing for amounts.
func calibration(a *answer) []point {
	if a.board.Question == value.Question {
		return nil
	}
	var points []point
	for _, bin := range evaluate.Bins(a.judge.Y, a.board.Entry(a.board.Winner).Predictions, nil, 10) {
		points = append(points, point{
			X: 20 + 220*bin.Predicted, Y: 240 - 220*bin.Observed,
			Title: fmt.Sprintf("predicted %.3f, observed %.3f", bin.Predicted, bin.Observed),
		})
	}
	return points
}
