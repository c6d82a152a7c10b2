package golearn

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestLeavesHoldTheSharesOfTheirRows walks the training rows down the copied
// tree: golearn's class counts must be those of the rows that arrive, so that the
// copy splits as golearn did, on columns full of ties and missing cells.
func TestLeavesHoldTheSharesOfTheirRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawTable(t)
		rows := make([]int32, len(y))
		for i := range rows {
			rows[i] = int32(i)
		}
		p := fitImputer([]string{"a", "b", "c"}[:len(x)], x, rows)
		g := grower{config: ForestConfig{Features: 4, MinSplit: 2, Seed: 3}, table: newGrowthTable(&p, x, y, rows)}
		grown, err := g.grow(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := grown.validate(p.width()); err != nil {
			t.Fatal(err)
		}
		count, positives := make(map[int32]float64), make(map[int32]float64)
		for _, r := range g.distinctRows(0) {
			at := grown.leafOf(&p, x, r)
			count[at]++
			positives[at] += y[r]
		}
		for at, n := range grown {
			if n.Feature == leaf && math.Abs(positives[int32(at)]/count[int32(at)]-n.Probability) > 1e-12 {
				t.Fatalf("leaf %d holds %v, of its rows %v of %v are positive", at, n.Probability, positives[int32(at)], count[int32(at)])
			}
		}
	})
}

func TestValidateTree(t *testing.T) {
	good := tree{{Feature: 0, Left: 1, Right: 2}, {Feature: leaf, Probability: 1}, {Feature: leaf}}
	if err := good.validate(1); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(tree) tree{
		"no nodes":                func(tree) tree { return nil },
		"a feature too high":      func(t tree) tree { t[0].Feature = 1; return t },
		"a feature below leaf":    func(t tree) tree { t[0].Feature = -2; return t },
		"a node under itself":     func(t tree) tree { t[0].Left = 0; return t },
		"a child after the last":  func(t tree) tree { t[0].Right = 3; return t },
		"a probability above one": func(t tree) tree { t[1].Probability = 1.5; return t },
		"no probability":          func(t tree) tree { t[2].Probability = math.NaN(); return t },
	} {
		if err := spoil(append(tree(nil), good...)).validate(1); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
