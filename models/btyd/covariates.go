package btyd

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

var errNoCovariates = errors.New("takes no covariates (choose BG/NBD or Pareto/NBD)")

// design is the covariates of customers: equal ones form a group.
type design struct {
	effects  []effect
	group    []int32     // of every customer; nil without covariates
	distinct [][]float64 // distinct[g] is what group g shares
}

// effectsOf returns which parameters covariates move: of BGNBD alpha, a and b, of
// ParetoNBD alpha and beta.
func effectsOf(family Family) []effect {
	switch family {
	case BGNBD:
		return []effect{{1, -1}, {2, 1}, {3, 1}}
	case ParetoNBD:
		return []effect{{1, -1}, {3, -1}}
	}
	return nil
}

func newDesign(family Family, names []string, z [][]float64, customers int) (*design, error) {
	d := &design{}
	if len(names) != len(z) {
		return nil, fmt.Errorf("%d covariate names for %d columns", len(names), len(z))
	}
	if len(names) == 0 {
		return d, nil
	}
	if d.effects = effectsOf(family); d.effects == nil {
		return nil, errNoCovariates
	}
	seen := map[string]bool{}
	for j, name := range names {
		if name == "" || strings.Contains(name, ":") || seen[name] {
			return nil, fmt.Errorf("covariate %d is named %q (names differ, and have no colon)", j, name)
		}
		seen[name] = true
		if len(z[j]) != customers {
			return nil, fmt.Errorf("covariate %q has %d values for %d customers", name, len(z[j]), customers)
		}
		for i, v := range z[j] {
			if math.IsNaN(v) || math.Abs(v) > covariateLimit {
				return nil, fmt.Errorf("covariate %q is %v for customer %d, not in [-%g, %g] (rescale it)", name, v, i, covariateLimit, covariateLimit)
			}
		}
	}
	d.groups(z, customers)
	return d, nil
}

// covariateLimit keeps exp(γ·z) away from overflow for any sensible γ.
const covariateLimit = 100.0

// groups finds customers with equal covariates.
func (d *design) groups(z [][]float64, customers int) {
	d.group = make([]int32, customers)
	index := map[string]int32{}
	key := make([]byte, 0, 8*len(z))
	for i := range customers {
		key = key[:0]
		for j := range z {
			bits := math.Float64bits(z[j][i] + 0) // -0 is 0
			for shift := 0; shift < 64; shift += 8 {
				key = append(key, byte(bits>>shift))
			}
		}
		g, known := index[string(key)]
		if !known {
			g = int32(len(d.distinct))
			index[string(key)] = g
			shared := make([]float64, len(z))
			for j := range z {
				shared[j] = z[j][i]
			}
			d.distinct = append(d.distinct, shared)
		}
		d.group[i] = g
	}
}

// For returns the model of a customer with covariates z, in the order of the fit;
// another number of them is an error.
func (f *Fit) For(z ...float64) (Model, error) {
	if len(z) != len(f.covariates) {
		return nil, fmt.Errorf("btyd: %d covariates for a fit with %d", len(z), len(f.covariates))
	}
	return f.at(f.theta, z), nil
}

// at returns the model with parameters theta for covariates z.
func (f *Fit) at(theta, z []float64) Model {
	free := f.freeParameters()
	p := make([]float64, free)
	o := objective{parameters: free, effects: effectsOf(f.model.Family()), covariates: [][]float64{z}}
	if len(z) == 0 {
		o.effects = nil
	}
	o.at(p, theta, 0)
	k := 1
	if m, regular := f.model.(betaGeometric); regular {
		k = m.k
	}
	return build(f.model.Family(), k, p)
}

func (f *Fit) coefficientName(i int) string {
	i -= f.freeParameters()
	e := effectsOf(f.model.Family())[i/len(f.covariates)]
	return f.model.Parameters()[e.parameter].Name + ":" + f.covariates[i%len(f.covariates)]
}
