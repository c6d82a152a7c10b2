package purchase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"perennial/models/gbdt"
	"perennial/models/logistic"
)

// The kinds of learner in files.
const (
	logisticKind = "logistic"
	treesKind    = "boosting"
	hazardKind   = "hazard"
	blendKind    = "blend"
)

// part is a learner as JSON.
type part struct {
	Learner  string          `json:"learner"`
	Logistic json.RawMessage `json:"logistic,omitempty"`
	Trees    string          `json:"trees,omitempty"` // LightGBM's model text
	Edges    []int           `json:"edges,omitempty"` // of a hazard
	Paces    []float64       `json:"paces,omitempty"` // of its intervals
	Parts    []part          `json:"parts,omitempty"` // of a hazard or a blend
}

// partOf returns the JSON form of a learner.
func partOf(l learner) (p part, err error) {
	switch l := l.(type) {
	case *logistic.Model:
		p.Learner = logisticKind
		p.Logistic, err = marshal(l)
	case trees:
		p.Learner = treesKind
		var text bytes.Buffer
		err = l.Write(&text)
		p.Trees = text.String()
	case *Hazard:
		p.Learner, p.Edges, p.Paces = hazardKind, l.Edges, l.Paces
		p.Parts, err = partsOf(l.pooled)
	case *Blend:
		p.Learner = blendKind
		p.Parts, err = partsOf(l.learners[:]...)
	default:
		err = fmt.Errorf("a %T cannot be saved", l)
	}
	return p, err
}

func partsOf(learners ...learner) ([]part, error) {
	parts := make([]part, len(learners))
	for i, l := range learners {
		var err error
		if parts[i], err = partOf(l); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// writePart writes a learner by itself.
func writePart(w io.Writer, l learner) error {
	p, err := partOf(l)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(p)
}

// read returns the learner of a part. Hazards pool plain learners, and a blend is
// not blended again.
func (p *part) read() (learner, error) {
	switch p.Learner {
	case logisticKind:
		m, err := logistic.Read(bytes.NewReader(p.Logistic))
		return m, err
	case treesKind:
		return p.readTrees()
	case hazardKind:
		return p.readHazard()
	case blendKind:
		return p.readBlend()
	}
	return nil, fmt.Errorf("the learner %q is not known", p.Learner)
}

func (p *part) readTrees() (learner, error) {
	m, err := gbdt.Read(strings.NewReader(p.Trees))
	if err != nil {
		return nil, err
	}
	if m.Objective.Loss != gbdt.Binary {
		return nil, fmt.Errorf("trees for %s give no probability", m.Objective.Loss)
	}
	return trees{m}, nil
}

// maxIntervals bounds the work that a file can ask for.
const maxIntervals = 100

func (p *part) readHazard() (learner, error) {
	ascending := slices.IsSorted(p.Edges) && len(slices.Compact(slices.Clone(p.Edges))) == len(p.Edges)
	if len(p.Edges) == 0 || len(p.Edges) > maxIntervals || p.Edges[0] < 1 || !ascending || len(p.Parts) != 1 {
		return nil, errors.New("a hazard has ascending edges and one part")
	}
	marks := numbered
	switch p.Parts[0].Learner {
	case logisticKind:
		marks = dummies
	case treesKind:
	default:
		return nil, fmt.Errorf("a hazard of %q", p.Parts[0].Learner)
	}
	pooled, err := p.Parts[0].read()
	if err != nil {
		return nil, err
	}
	h := newHazard(p.Edges, marks, pooled)
	if h.Paces = p.Paces; h.Paces == nil {
		return h, nil
	}
	if len(p.Paces) != len(p.Edges) || slices.ContainsFunc(p.Paces, impossiblePace) {
		return nil, fmt.Errorf("paces %v for %d intervals are no season", p.Paces, len(p.Edges))
	}
	return h, nil
}

func (p *part) readBlend() (learner, error) {
	if len(p.Parts) != 2 {
		return nil, fmt.Errorf("a blend of %d parts", len(p.Parts))
	}
	b := &Blend{}
	for i := range p.Parts {
		if p.Parts[i].Learner == blendKind {
			return nil, errors.New("a blend of a blend")
		}
		var err error
		if b.learners[i], err = p.Parts[i].read(); err != nil {
			return nil, err
		}
	}
	return b, nil
}
